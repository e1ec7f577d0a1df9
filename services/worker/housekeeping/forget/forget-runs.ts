import type { Redis } from 'ioredis';
import { discardArchivedRun } from '#shared/archive/runs.ts';
import type { ArchiveDatabase } from '#shared/archive/database.ts';
import { keys } from '#shared/redis/keys.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { Toolbox } from '#services/worker/tools/toolbox.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunStore } from '#shared/run/run-store.ts';

/** Milliseconds after its end for which an answer may still be on its way to Discord. */
const youngMs = 60_000;

interface RunsFound {
  forgotten: number;
  /** Runs that cannot go yet. */
  left: number;
  /** Conversations by direct message, which are the person's alone. */
  directMessages: Set<string>;
}

/** Stops and forgets all runs of a person (`kind:id`). A run goes when it has ended and its end stands in Discord. */
export async function forgetRunsOf(
  parts: {
    redis: Redis;
    runs: RunStore;
    archive: ArchiveDatabase | undefined;
    toolbox?: Pick<Toolbox, 'runForgotten'>;
  },
  person: string,
): Promise<RunsFound> {
  const { redis, runs, archive } = parts;
  const found: RunsFound = { forgotten: 0, left: 0, directMessages: new Set() };
  for (const id of await idsOf(redis, person)) {
    const record = await runs.read(id);
    if (record && isDirect(record)) found.directMessages.add(record.request.conversation);
    if (record && record.status !== 'ended') await runs.stop(id, 'forgetting its asker');
    if (record && (record.status !== 'ended' || (await isOnItsWay(redis, record)))) {
      found.left += 1;
      continue;
    }
    if (record && !(await forgetCalls(parts, record))) {
      found.left += 1;
      continue;
    }
    if (archive) await discardArchivedRun(archive, id);
    const joined = record?.request.discord?.messages.map(keys.discordJoined) ?? [];
    if (joined.length > 0) await redis.unlink(...joined);
    const channel = record?.request.discord?.channel;
    if (channel !== undefined) await redis.srem(keys.discordLeft(channel), id);
    await forgetRuns(redis, [id]);
    found.forgotten += 1;
  }
  return found;
}

/** Milliseconds after its end until when a tool-runner is waited for: by then it keeps the calls no longer itself. */
const callsKeptMs = 24 * 3_600_000;

/** Has the tool-runners forget what they keep of a run's calls. False while one cannot be reached that may keep some. */
async function forgetCalls(
  { runs, toolbox }: { runs: RunStore; toolbox?: Pick<Toolbox, 'runForgotten'> },
  { id, request, endedAt = 0 }: RunRecord,
): Promise<boolean> {
  const { calls } = foldJournal(await runs.journal(id));
  const domains = new Set([...calls.values()].flatMap(({ intent }) => intent?.domain ?? []));
  if (domains.size === 0 || !toolbox?.runForgotten) return true;
  return (await toolbox.runForgotten({ id, caller: request.caller }, domains)) || Date.now() - endedAt > callsKeptMs;
}

async function idsOf(redis: Redis, person: string): Promise<Set<string>> {
  const lists = await Promise.all([
    redis.zrange(keys.recentOf(person), '0', '-1'),
    redis.zrange(keys.failedOf(person), '0', '-1'),
    redis.smembers(keys.inflight(person)),
  ]);
  return new Set(lists.flat());
}

function isDirect({ request }: RunRecord): boolean {
  const { discord, conversation } = request;
  return discord !== undefined && discord.guild === undefined && conversation === `discord:${discord.channel}`;
}

async function isOnItsWay(redis: Redis, { id, endedAt = 0 }: RunRecord): Promise<boolean> {
  const [seconds] = await redis.time();
  if (Number(seconds) * 1_000 - endedAt > youngMs) return false;
  return (await redis.zscore(keys.undelivered, id)) !== null;
}
