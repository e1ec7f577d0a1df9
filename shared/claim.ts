import type { Redis } from 'ioredis';
import type { StoredEntry } from './journal-entries.ts';
import { parseRows } from './journal.ts';
import { keys } from './keys.ts';
import { defineScript } from './redis-script.ts';
import { ownHistory } from './talks.ts';

/**
 * Takes the run for a worker: from here on writers with smaller epochs are refused. Only whoever has read the journal up
 * to its end gets it, `behind` else: one that cannot read it must not take the run from others who can.
 */
const claimScript = defineScript(
  3,
  `
  local record, journal, history = unpack(KEYS)
  ${ownHistory}
  local worker, max, seen = unpack(ARGV)
  local status = redis.call('HGET', record, 'status')
  if not status then return {'gone'} end
  if status == 'ended' then return {'ended'} end
  local last = redis.call('XREVRANGE', journal, '+', '-', 'COUNT', 1)[1]
  if last and last[1] ~= seen then return {'behind'} end
  local epoch = redis.call('HINCRBY', record, 'epoch', 1)
  redis.call('HSET', record, 'status', 'running')
  local entry = cjson.encode({type = 'run.claimed', epoch = epoch, worker = worker})
  local id = redis.call('XADD', journal, '*', 'e', entry)
  return {'claimed', epoch, id, max == '0' and {} or redis.call('LRANGE', own(history), '-' .. max, -1)}
`,
);

/** `journal`: all entries until now, the claim's own the last. `history`: the lines that were asked for, oldest first. */
export type Claim =
  | { state: 'claimed'; epoch: number; journal: StoredEntry[]; history: string[] }
  | { state: 'ended' | 'gone' };

/**
 * Claims a run for `worker`, and reads the newest `max` lines of its conversation's history on the same trip when asked
 * to. `ended`: nothing is left to do. `gone`: its record was cleaned away. Throws InternalError (`journal-unreadable`)
 * and leaves the run as it is when its journal cannot be read.
 */
export async function claimRun(
  redis: Redis,
  runId: string,
  worker: string,
  history: { conversation: string; max: number } = { conversation: '', max: 0 },
): Promise<Claim> {
  type Claimed = ['claimed' | 'behind' | 'ended' | 'gone', number?, string?, string[]?];
  const itsKeys = [keys.run(runId), keys.journal(runId), keys.history(history.conversation)];
  const journal: StoredEntry[] = [];
  for (let seen = '0-0'; ;) {
    const rows = await redis.xrange(keys.journal(runId), `(${seen}`, '+');
    journal.push(...parseRows(rows));
    seen = rows.at(-1)?.[0] ?? seen;
    const claimed = await claimScript<Claimed>(redis, itsKeys, [worker, history.max, seen]);
    const [state, epoch = 0, id = '', lines = []] = claimed;
    // Something was written in the meantime: it is read as well.
    if (state === 'behind') continue;
    if (state !== 'claimed') return { state };
    journal.push({ id, entry: { type: 'run.claimed', epoch, worker } });
    return { state, epoch, journal, history: lines };
  }
}
