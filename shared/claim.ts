import type { Redis } from 'ioredis';
import type { StoredEntry } from './journal-entries.ts';
import { parseEntry } from './journal.ts';
import { keys } from './keys.ts';
import { defineScript } from './redis-script.ts';
import { ownHistory } from './talks.ts';

/** Takes the run for a worker: from here on writers with smaller epochs are refused. */
const claimScript = defineScript(
  3,
  `
  local record, journal, history = unpack(KEYS)
  ${ownHistory}
  local status = redis.call('HGET', record, 'status')
  if not status then return {'gone', 0} end
  if status == 'ended' then return {'ended', 0} end
  local epoch = redis.call('HINCRBY', record, 'epoch', 1)
  redis.call('HSET', record, 'status', 'running')
  redis.call('XADD', journal, '*', 'e', cjson.encode({type = 'run.claimed', epoch = epoch, worker = ARGV[1]}))
  local lines = ARGV[2] == '0' and {} or redis.call('LRANGE', own(history), '-' .. ARGV[2], -1)
  return {'claimed', epoch, redis.call('XRANGE', journal, '-', '+'), lines}
`,
);

/** `journal`: all entries until now, the claim's own the last. `history`: the lines that were asked for, oldest first. */
export type Claim =
  | { state: 'claimed'; epoch: number; journal: StoredEntry[]; history: string[] }
  | { state: 'ended' | 'gone' };

/**
 * Claims a run for `worker`, and reads the newest `max` lines of its conversation's history on the same trip when asked
 * to. `ended`: nothing is left to do. `gone`: its record was cleaned away.
 */
export async function claimRun(
  redis: Redis,
  runId: string,
  worker: string,
  history: { conversation: string; max: number } = { conversation: '', max: 0 },
): Promise<Claim> {
  type Row = [string, string[]];
  const [state, epoch, rows = [], lines = []] = await claimScript<
    ['claimed' | 'ended' | 'gone', number, Row[]?, string[]?]
  >(redis, [keys.run(runId), keys.journal(runId), keys.history(history.conversation)], [worker, history.max]);
  if (state !== 'claimed') return { state };
  return { state, epoch, journal: rows.map(([id, fields]) => ({ id, entry: parseEntry(fields) })), history: lines };
}
