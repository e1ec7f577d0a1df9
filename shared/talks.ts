import type { Redis } from 'ioredis';
import { keys } from './keys.ts';
import { defineScript } from './redis-script.ts';

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

/**
 * The same in a script that has a run's `record`: only there stands which talk it belongs to. The key that comes of it is
 * not declared, but lies under the same hash tag as those that are.
 */
export const ownHistory = `
  local function own(name)
    local talk = redis.call('HGET', record, 'talk')
    return (talk and talk ~= '0') and name .. '~' .. talk or name
  end
`;

/** As long as any history can be kept: then nothing of an earlier talk is left. */
const keepTalkMs = 400 * 86_400_000;
/** As long as runs are kept that somebody may have answered again. */
const keepAsideMs = 7 * 86_400_000;

/** The talk that questions of a conversation belong to now. */
export async function readTalk(redis: Redis, conversation: string): Promise<Talk> {
  const [number, since] = await redis.hmget(keys.talk(conversation), 'number', 'since');
  return { number: Number(number ?? 0), ...(since && { since }) };
}

const beginScript = defineScript(
  4,
  `
  local talk, history, conversations, line = unpack(KEYS)
  local conversation, since, keepTalkMs, keepAsideMs = unpack(ARGV)
  if redis.call('HGET', talk, 'since') ~= since then
    local number = redis.call('HINCRBY', talk, 'number', 1) - 1
    redis.call('HSET', talk, 'since', since)
    redis.call('PEXPIRE', talk, keepTalkMs)
    local suffix = number == 0 and '' or '~' .. number
    redis.call('PEXPIRE', history .. suffix, keepAsideMs, 'LT')
    redis.call('ZREM', conversations, conversation .. suffix)
  end
  return redis.call('LLEN', line)
`,
);

/**
 * Begins a new talk: what is accepted from now on sees nothing of what was before, and what was accepted before goes on
 * with it. `since`: id of the message or interaction that asked for it; the same one begins one talk. Resolves with how
 * many runs of before have not ended.
 */
export function beginTalk(redis: Redis, conversation: string, since: string): Promise<number> {
  return beginScript<number>(
    redis,
    [keys.talk(conversation), keys.history(conversation), keys.conversations, keys.line(conversation)],
    [conversation, since, keepTalkMs, keepAsideMs],
  );
}
