import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';

/**
 * A conversation is one talk after the other. A person begins a new one, and the model does not know the earlier ones.
 * Each talk has a history of its own, so that runs of an earlier talk end where they began.
 */
export interface Talk {
  /** 0: the first. */
  number: number;
  /** The Discord message or interaction with which it began; absent for the first. */
  since?: string;
}

/** The name under which the history of a talk is stored and kept. */
export function historyName(conversation: string, talk: number): string {
  return talk === 0 ? conversation : `${conversation}~${talk}`;
}

/** As long as any history can be kept: after that nothing of an earlier talk is left. */
export const keepTalkMs = 400 * 86_400_000;
/** As long as runs are kept, because somebody may have one of them answered again. */
const keepAsideMs = 7 * 86_400_000;

/** The talk that questions of a conversation belong to now. */
export async function readTalk(redis: Redis, conversation: string): Promise<Talk> {
  return talkFrom((await redis.hmget(keys.talk(conversation), 'number', 'since')) as StoredTalk);
}

/** The fields `number` and `since` of a conversation's talk. */
export type StoredTalk = [number: string | null, since: string | null];

export function talkFrom([number, since]: StoredTalk): Talk {
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
 * Begins a new talk. What is accepted from now on sees nothing of the earlier talk; what was accepted before goes on
 * with it. `since` is the id of the message or interaction that asked for it; the same id begins only one talk.
 * Resolves to how many earlier runs have not ended.
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
