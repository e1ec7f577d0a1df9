import type { Redis } from 'ioredis';
import { moveAudit, moveRuns } from '#shared/archive/move.ts';
import { indexAudit } from '#shared/audit/segments.ts';
import type { JournalEntryInput } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestArchive } from '#test/lib/archive.ts';
import { addEndedRun } from '#test/lib/ended-runs.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { table } from './stats.ts';

const text = (length: number) => 'A sentence as people write them. '.repeat(Math.ceil(length / 33)).slice(0, length);
const usage = { inputTokens: 900, outputTokens: 120, costUsd: 0.0004, estimated: false };

/**
 * What a run with one tool call writes before its end: a question of 80 characters, a result of `resultChars`, an
 * answer of 600.
 */
function entriesOf(id: string, resultChars: number): JournalEntryInput[] {
  const args = JSON.stringify({ query: 'select status, count(*) from orders group by status order by 2 desc' });
  const answered = { type: 'model.answered' as const, model: 'default', finishReason: 'stop', usage, durationMs: 900 };
  const call = { step: 0, call: 0, tool: 'postgres_query', domain: 'postgres' };
  return [
    { ...answered, step: 0, text: '', toolCalls: [{ id: `call_${id}`, name: 'postgres_query', arguments: args }] },
    { type: 'tool.intended', ...call, idempotencyKey: `${id}-0-0`, arguments: args, repeatable: true, readOnly: true },
    { type: 'tool.finished', ...call, outcome: 'ok', content: text(resultChars), durationMs: 12 },
    { ...answered, step: 1, text: text(600), toolCalls: [] },
  ];
}

/**
 * The bytes that Redis needs for what it keeps, each as the mean of `count`, and how many of them the archive takes
 * over.
 */
export async function measureBytes(count: number, say: (line: string) => void): Promise<string> {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'bench');
  try {
    say(`measuring the bytes of ${count} runs and conversations`);
    const empty = (await readMemory(redis)).used;
    const ids = await addRuns(redis, count, 1_000);
    const runs = await grown(redis, empty, count);
    const parts = await partsOf(redis, ids);
    const audit = Number(await redis.memory('USAGE', keys.audit, 'SAMPLES', 0)) / count;
    while ((await indexAudit(redis)) > 0);
    const indexed = await grown(redis, empty, count);
    await using place = await startTestArchive();
    await moveRuns(redis, place.archive, ids);
    await moveAudit(redis, place.archive, 'the-key-of-this-bench-and-no-other', { ms: 0, max: 1 });
    const left = await grown(redis, empty, count);
    const [stored] = await place.archive.query(
      "SELECT sum(pg_total_relation_size(oid))::bigint::text AS bytes FROM pg_class WHERE relnamespace = 'archive'::regnamespace AND relkind = 'r'",
    );
    const before = (await readMemory(redis)).used;
    await addConversations(redis, count, 20);
    const conversation = await grown(redis, before, count);
    return table([
      ['Redis bytes, mean of each', 'bytes'],
      ['a finished run: one tool call, a result of 1,000 characters', round(indexed)],
      ...parts.map(([name, bytes]) => [`  its ${name}`, round(bytes)]),
      ['  its two rows of the audit log', round(audit)],
      ['  the index of these', round(indexed - runs)],
      ['the same once it is in the archive', round(left)],
      ['  in PostgreSQL, with its indexes', round(Number(stored?.['bytes'] ?? 0) / count)],
      ['an idle conversation of 20 messages of 250 characters', round(conversation)],
    ]);
  } finally {
    redis.disconnect();
  }
}

const round = (bytes: number) => String(Math.round(bytes));

async function grown(redis: Redis, before: number, count: number): Promise<number> {
  return ((await readMemory(redis)).used - before) / count;
}

async function addRuns(redis: Redis, count: number, resultChars: number): Promise<string[]> {
  await using queues = createQueues(redis);
  const ids = Array.from({ length: count }, (_, index) => `discord-11${String(index).padStart(16, '0')}`);
  for (const [index, id] of ids.entries()) {
    const number = String(index % 200).padStart(4, '0');
    const caller = { kind: 'discord', id: `10000000000000${number}`, name: `Person ${number}` } as const;
    await addEndedRun({ redis, queues }, { id, caller, text: text(80), entries: entriesOf(id, resultChars) });
  }
  // No worker takes these jobs, and finished jobs leave nothing behind.
  await queues.queue('runs').obliterate({ force: true });
  return ids;
}

async function partsOf(redis: Redis, ids: string[]): Promise<[name: string, bytes: number][]> {
  const names = { record: keys.run, journal: keys.journal, 'once-keys': keys.once } as const;
  const parts: [string, number][] = [];
  for (const [name, keyOf] of Object.entries(names)) {
    let bytes = 0;
    for (const id of ids.slice(0, 100)) bytes += (await redis.memory('USAGE', keyOf(id), 'SAMPLES', 0)) ?? 0;
    parts.push([name, bytes / Math.min(ids.length, 100)]);
  }
  return parts;
}

async function addConversations(redis: Redis, count: number, messages: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const name = `discord:${String(index).padStart(19, '1')}`;
    const lines = Array.from({ length: messages }, (_, at) =>
      JSON.stringify({ role: at % 2 === 0 ? 'user' : 'assistant', name: 'Person', content: text(250) }),
    );
    await redis
      .pipeline()
      .rpush(keys.history(name), ...lines)
      .pexpire(keys.history(name), 86_400_000)
      .zadd(keys.conversations, index, name)
      .exec();
  }
}
