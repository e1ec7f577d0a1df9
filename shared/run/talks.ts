import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';

/**
 * A conversation is one talk after the other: a person begins a new one, and the model does not know of those before.
 * Each talk has a history of its own, so that runs of an earlier one end where they began.
 */
export interface Talk {
  /** 0: the first. */
  number: number;
  /** The Discord message or interaction with which it began; absent for the first. */
  since?: string;
}

/** Under this name the history of a talk is stored and kept. */
export function historyName(conversation: string, talk: number): string {
  return talk === 0 ? conversation : `${conversation}~${talk}`;
}

/** As long as any history can be kept: then nothing of an earlier talk is left. */
const keepTalkMs = 400 * 86_400_000;
/** As long as runs are kept that somebody may have answered again. */
const keepAsideMs = 7 * 86_400_000;

/** The talk that questions of a conversation belong to now. */
export async function readTalk(redis: Redis, conversation: string): Promise<Talk> {
  const [number, since] = await redis.hmget(keys.talk(conversation), 'number', 'since');
  return { number: Number(number ?? 0), ...(since && { since }) };
}

const beginScript = defineScript(new URL('./talk.lua', import.meta.url), {
  keys: ['talk', 'conversations', 'line', 'earlier'],
  args: {
    since: of<string>(),
    number: of<number>(),
    earlierName: of<string>(),
    keepTalkMs: of<number>(),
    keepAsideMs: of<number>(),
  },
  reply: of<number>(),
});

/**
 * Begins a new talk: what is accepted from now on sees nothing of what was before, and what was accepted before goes on
 * with it. `since`: id of the message or interaction that asked for it; the same one begins one talk. Resolves with how
 * many runs of before have not ended.
 */
export async function beginTalk(redis: Redis, conversation: string, since: string): Promise<number> {
  for (;;) {
    const { number } = await readTalk(redis, conversation);
    const earlier = historyName(conversation, number);
    const unended = await beginScript(
      redis,
      {
        talk: keys.talk(conversation),
        conversations: keys.conversations,
        line: keys.line(conversation),
        earlier: keys.history(earlier),
      },
      { since, number, earlierName: earlier, keepTalkMs, keepAsideMs },
    );
    if (unended >= 0) return unended;
  }
}
