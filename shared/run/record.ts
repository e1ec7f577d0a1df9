import type { Redis } from 'ioredis';
import { InternalError } from '#shared/ground/errors.ts';
import type { EntryOf } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { runRequestSchema, type RunRequest, type RunStatus } from './request.ts';
import type { RunOutcome } from '#shared/ground/vocabulary.ts';

/** What is known of a run at a glance. The journal holds the rest. */
export interface RunRecord {
  id: string;
  status: RunStatus;
  request: RunRequest;
  /** Number of the talk in its conversation that it belongs to. */
  talk: number;
  /** Name under which the history of that talk is stored. */
  history: string;
  /** Id of the job that brings it to a worker. */
  job: string;
  /** Grows with each claim; writers of smaller epochs are refused. 0: never claimed. */
  epoch: number;
  /** Milliseconds since the epoch, by Redis' clock. */
  acceptedAt: number;
  endedAt?: number;
  outcome?: RunOutcome;
  /** Kind of failure, for operators. */
  reason?: string;
  /** Why its answer does not stand in Discord. */
  undeliverable?: EntryOf<'undeliverable'>['failure'];
  /** The run that answers in this one's place. */
  replayedBy?: string;
  /** The run is in the archive and no longer in Redis: it can be read but not replayed. */
  archived?: true;
}

/** The run's record; undefined when unknown or cleaned away. Rejects as `decodeRecord` throws. */
export async function readRun(redis: Redis, runId: string): Promise<RunRecord | undefined> {
  return decodeRecord(runId, await redis.hgetall(keys.run(runId)));
}

/** Decodes the record's hash. Throws InternalError (`record-unreadable`) when this version cannot read it. */
export function decodeRecord(runId: string, raw: Record<string, string>): RunRecord | undefined {
  if (raw['request'] === undefined) return undefined;
  const request = parseRequest(runId, raw['request']);
  const talk = Number(raw['talk'] ?? 0);
  const epoch = Number(raw['epoch']);
  return {
    id: runId,
    status: raw['status'] as RunStatus,
    request,
    talk,
    // Records of versions before 0.2 have neither `history` nor `job`.
    history: raw['history'] ?? (talk === 0 ? request.conversation : `${request.conversation}~${talk}`),
    job: raw['job'] ?? (epoch === 0 ? runId : `${runId}~${epoch}`),
    epoch,
    acceptedAt: Number(raw['acceptedAt']),
    ...(raw['endedAt'] && { endedAt: Number(raw['endedAt']) }),
    ...(raw['outcome'] && { outcome: raw['outcome'] as RunOutcome }),
    ...(raw['reason'] && { reason: raw['reason'] }),
    ...(raw['undeliverable'] && { undeliverable: raw['undeliverable'] as EntryOf<'undeliverable'>['failure'] }),
    ...(raw['replayedBy'] && { replayedBy: raw['replayedBy'] }),
  };
}

function parseRequest(runId: string, text: string): RunRequest {
  try {
    return runRequestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InternalError('record-unreadable', `this version cannot read the record of run ${runId}`, { cause });
  }
}
