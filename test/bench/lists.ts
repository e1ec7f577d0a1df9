import type { Redis } from 'ioredis';
import { createLookup, type Lookup } from '#shared/archive/lookup.ts';
import { moveAudit, moveRuns } from '#shared/archive/move.ts';
import type { AuditKind } from '#shared/run/audit-row.ts';
import { indexAudit } from '#shared/audit/segments.ts';
import { keys } from '#shared/redis/keys.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { indexRuns } from '#shared/run/index-runs.ts';
import { failedLists, recentLists } from '#shared/run/lists.ts';
import { runRequestSchema, whoOf } from '#shared/run/request.ts';
import { startTestArchive } from '#test/lib/archive.ts';
import { fillAudit } from '#test/lib/audit-rows.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { percentile, table } from './stats.ts';

/** How much the store holds, and how often each list is read. */
export interface ListSizes {
  runs: number;
  rows: number;
  times: number;
}

const signingKey = 'the-key-of-this-bench-and-no-other';
const spanMs = 90 * 86_400_000;
const reasons = ['deadline', 'overloaded', 'network', 'bad-key'];

/**
 * How long operators' lists take in a store of that size: first in Redis alone, then after all has moved to an archive.
 * One person in ten has asked half of all questions. The last of a thousand people asked once, and `nobody` never.
 */
export async function measureLists(sizes: ListSizes, say: (text: string) => void): Promise<string> {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'bench');
  try {
    say(`filling Redis with ${sizes.runs} runs and ${sizes.rows} rows of the audit log`);
    await fillRuns(redis, sizes.runs);
    await fillAudit(
      redis,
      sizes.rows,
      auditRow,
      (index) => Date.now() - spanMs + Math.floor((index * spanMs) / sizes.rows),
    );
    await indexRuns(redis);
    const indexing = await measureIndex(redis, sizes.rows);
    say('reading lists from Redis');
    const inRedis = await readLists(createLookup({ redis }), sizes.times);
    await using place = await startTestArchive();
    say('moving all to the archive');
    const moving = await moveAll(redis, place.archive, sizes);
    await place.archive.query('ANALYZE archive.runs');
    await place.archive.query('ANALYZE archive.audit');
    say('reading lists from the archive');
    const archived = await readLists(createLookup({ redis, archive: place.archive }), sizes.times);
    return [printed(sizes, inRedis, archived), '', indexing, moving, ''].join('\n');
  } finally {
    redis.disconnect();
  }
}

function person(index: number) {
  const number = index % 2 === 0 ? index % 10 : index % 1_000;
  return { kind: 'discord', id: `10000000000000${String(number).padStart(4, '0')}`, name: `Person ${number}` } as const;
}

const runId = (index: number) => `discord-11${String(index).padStart(16, '0')}`;

async function fillRuns(redis: Redis, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const pipeline = redis.pipeline();
    for (let index = from; index < Math.min(from + 1_000, count); index += 1) {
      const id = runId(index);
      const at = Date.now() - spanMs + Math.floor((index * spanMs) / count);
      const failed = index % 10 === 0;
      const reason = reasons[(index / 10) % 3] ?? '';
      const request = runRequestSchema.parse({
        id,
        conversation: id,
        caller: person(index),
        text: `Question ${index}?`,
      });
      const outcome = failed ? { outcome: 'failed', reason } : { outcome: 'answered' };
      const record = { status: 'ended', epoch: 1, acceptedAt: at, endedAt: at, who: whoOf(request.caller), ...outcome };
      pipeline.hset(keys.run(id), { ...record, request: JSON.stringify(request) });
      const lists = { ...recentLists(request.caller), ...(failed && failedLists(request.caller, reason)) };
      for (const list of Object.values(lists)) pipeline.zadd(list, at, id);
    }
    await pipeline.exec();
  }
}

function auditRow(index: number) {
  const { kind, id, name } = person(Math.floor(index / 4));
  const common = { run: runId(Math.floor(index / 4)), who: `${kind}:${id} ${name}` };
  if (index % 1_000 === 999) {
    return { ...common, kind: 'decided' as const, data: { approval: '0-0', decision: 'allow', by: 'Eve' } };
  }
  // Only persons with odd numbers use tool 19.
  const place = { step: 0, call: Math.floor(index / 2) % 2, tool: `tool_${Math.floor(index / 4) % 20}` };
  if (index % 2 === 1)
    return { ...common, kind: 'outcome' as const, data: { ...place, outcome: 'ok', durationMs: 12 } };
  return {
    ...common,
    kind: 'intent' as const,
    data: { ...place, domain: 'd', argumentsHash: 'f'.repeat(64), readOnly: true },
  };
}

async function measureIndex(redis: Redis, rows: number): Promise<string> {
  const before = await readMemory(redis);
  const start = performance.now();
  while ((await indexAudit(redis)) > 0);
  const seconds = (performance.now() - start) / 1_000;
  const { used } = await readMemory(redis);
  const log = Number(await redis.memory('USAGE', keys.audit));
  const each = ((used - before.used) / rows).toFixed(0);
  return `audit log: ${(log / rows).toFixed(0)} bytes a row; its index: ${each} bytes a row, made in ${seconds.toFixed(1)} s`;
}

async function moveAll(
  redis: Redis,
  archive: Parameters<typeof moveRuns>[1],
  { runs, rows }: ListSizes,
): Promise<string> {
  const start = performance.now();
  const ids = Array.from({ length: runs }, (_, index) => runId(index));
  await moveRuns(redis, archive, ids);
  const between = performance.now();
  while ((await moveAudit(redis, archive, signingKey, { ms: 0, max: 1 })) > 0);
  const [perRun, perRow] = [runs / (between - start), rows / (performance.now() - between)];
  return `moved to the archive: ${(perRun * 1_000).toFixed(0)} runs/s, ${(perRow * 1_000).toFixed(0)} rows/s`;
}

interface Timed {
  name: string;
  /** How many were found. */
  found: number;
  ms: number[];
}

async function readLists(lookup: Lookup, times: number): Promise<Timed[]> {
  const { name, id } = person(0);
  const since = Date.now() - 86_400_000;
  const runs: [string, () => Promise<{ rows: unknown[] }>][] = [
    ['jobs list', () => lookup.recent({ limit: 20 })],
    ['jobs list --limit 200', () => lookup.recent({ limit: 200 })],
    ['jobs list --user (half of all)', () => lookup.recent({ user: name, limit: 20 })],
    ['jobs list --user (by id, since a day)', () => lookup.recent({ user: id, since, limit: 20 })],
    ['jobs list --user (who asked seldom)', () => lookup.recent({ user: 'Person 999', limit: 20 })],
    ['jobs list --user (who asked nothing)', () => lookup.recent({ user: 'nobody', limit: 20 })],
    ['jobs list --failed', () => lookup.failed({ limit: 20 })],
    ['jobs list --reason', () => lookup.failed({ reasons: ['network'], limit: 20 })],
    ['jobs list --reason (none)', () => lookup.failed({ reasons: ['bad-key'], limit: 20 })],
    [
      'jobs list --reason --user (never together)',
      () => lookup.failed({ reasons: ['network'], user: 'Person 1', limit: 20 }),
    ],
  ];
  const kinds = (kind: AuditKind) => [kind];
  const audit: typeof runs = [
    ['audit', () => lookup.audit({ limit: 50 })],
    ['audit --user', () => lookup.audit({ user: name, limit: 50 })],
    ['audit --user (nobody)', () => lookup.audit({ user: 'nobody', limit: 50 })],
    ['audit --user (who decided)', () => lookup.audit({ user: 'Eve', limit: 50 })],
    ['audit --tool', () => lookup.audit({ tool: 'tool_3', limit: 50 })],
    ['audit --tool (none)', () => lookup.audit({ tool: 'tool_x', limit: 50 })],
    ['audit --tool --user (never together)', () => lookup.audit({ tool: 'tool_19', user: name, limit: 50 })],
    ['audit --run (an old one)', () => lookup.audit({ run: runId(500), limit: 50 })],
    ['audit --run (none)', () => lookup.audit({ run: 'no-such-run', limit: 50 })],
    ['audit --kind decided', () => lookup.audit({ kinds: kinds('decided'), limit: 50 })],
    ['audit --kind discard (none)', () => lookup.audit({ kinds: kinds('discard'), limit: 50 })],
    ['audit --user --since a day', () => lookup.audit({ user: 'Person 999', since, limit: 50 })],
  ];
  const timed: Timed[] = [];
  for (const [title, read] of [...runs, ...audit]) {
    const ms: number[] = [];
    let found = 0;
    for (let time = 0; time < times; time += 1) {
      const start = performance.now();
      found = (await read()).rows.length;
      ms.push(performance.now() - start);
    }
    timed.push({ name: title, found, ms });
  }
  return timed;
}

function printed({ runs, rows }: ListSizes, inRedis: Timed[], archived: Timed[]): string {
  const shown = (ms: number[], share: number) => percentile(ms, share).toFixed(1);
  const lines = inRedis.map(({ name, found, ms }, index) => {
    const other = archived[index]?.ms ?? [];
    return [name, String(found), shown(ms, 0.5), shown(ms, 0.99), shown(other, 0.5), shown(other, 0.99), '< 300'];
  });
  const head = [`${runs} runs, ${rows} audit rows: ms`, 'found', 'Redis p50', 'p99', 'archive p50', 'p99', 'to reach'];
  return table([head, ...lines]);
}
