import type { Redis } from 'ioredis';
import { everyKey, keys } from '#shared/redis/keys.ts';
import { keysLike } from '#shared/redis/scan.ts';
import { readLine, type TalkLine } from '#shared/run/talk-lines.ts';

const histories = keys.history('');
/** Families of keys that are a person's own where their name ends in the person's id. */
const own = [keys.talk(''), keys.undone(''), histories, keys.settings(''), keys.settingsHistory('')];

/**
 * Forgets a person's (`kind:id`) part of all talks: those that are theirs alone go whole (`alone` names some), of others
 * what they asked, what they were answered and the summaries made of it. Returns of how many talks something went. It
 * looks at the names of all keys, because talks are kept for longer than the runs that lead to them.
 */
export async function forgetTalksOf(redis: Redis, person: string, alone: ReadonlySet<string>): Promise<number> {
  let changed = 0;
  for await (const name of keysLike(redis, everyKey)) {
    if (isOwn(name, person) || alone.has(conversationIn(name))) {
      if (name.startsWith(histories)) changed += 1;
      await redis.unlink(name);
      await redis.zrem(keys.conversations, name.slice(histories.length));
    } else if (name.startsWith(histories) && (await takeOut(redis, name, person))) changed += 1;
  }
  return changed;
}

/** The names of a person's conversations end in their id, as those of what they set for one question do. */
function isOwn(name: string, person: string): boolean {
  if (name === keys.discordTold(person)) return true;
  const id = person.slice(person.indexOf(':') + 1);
  return own.some((family) => name.startsWith(family)) && withoutTalk(name).endsWith(`:${id}`);
}

function conversationIn(name: string): string {
  const family = own.find((each) => name.startsWith(each));
  return family === undefined ? '' : withoutTalk(name.slice(family.length));
}

function withoutTalk(name: string): string {
  return name.replace(/~\d+$/, '');
}

async function takeOut(redis: Redis, history: string, person: string): Promise<boolean> {
  const lines = (await redis.lrange(history, 0, -1)).filter((text) => {
    const line = readLine(text);
    return line !== undefined && isOf(line, person);
  });
  for (const line of lines) await redis.lrem(history, 0, line);
  return lines.length > 0;
}

function isOf(line: TalkLine, person: string): boolean {
  return line.role === 'summary' ? line.people.includes(person) : line.by === person;
}
