import { expect, it } from 'vitest';
import { openJournal } from '#test/lib/claims.ts';
import { keys } from '#shared/redis/keys.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { claimRun } from '#shared/run/claim.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { auditProblems } from './audit.ts';
import type { Case } from './ledger.ts';

const execution = { at: 1, endAt: 2, tool: 'post', call: '0', step: 0 };
const seen: Case = {
  plan: { case: 'c1', calls: [{ tool: 'post', ms: 1, times: 1 }], lines: 1 },
  question: '77',
  conversation: 'a b',
  askedAt: 1,
  asks: [],
  executions: [execution],
  parts: [],
  cards: [],
  refusals: [],
  endedAt: 3,
};

it('finds what the audit log lacks of what the tools have witnessed, and rows that went', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  const problems = (each: Case = seen) => auditProblems(server.url, 'the-key-of-this-test-and-no-other', [each]);
  expect(await problems()).toEqual(['the audit of case c1 lacks the intent of post in step 0']);
  const caller = { kind: 'discord', id: '1' } as const;
  await acceptRun({ redis, queues }, { id: 'discord-77', conversation: 'a b', text: 'x', caller });
  await claimRun({ redis, queues }, 'discord-77', 'w');
  const journal = openJournal(redis, 'discord-77', 1);
  const call = { step: 0, call: 0, tool: 'played__post', domain: 'played' };
  await journal.append({ type: 'tool.intended', ...call, arguments: '{}', repeatable: false, idempotencyKey: 'k' });
  expect(await problems()).toEqual(['the audit of case c1 has an intent without an outcome']);
  await journal.append({ type: 'tool.finished', ...call, outcome: 'ok', content: 'x', durationMs: 1 });
  expect(await problems()).toEqual([]);
  const twice = { ...seen, executions: [execution, { ...execution, call: '1' }] };
  expect(await problems(twice)).toEqual(['the audit of case c1 lacks the intent of post in step 0']);
  const [oldest] = await redis.xrange(keys.audit, '-', '+', 'COUNT', 1);
  await redis.xdel(keys.audit, oldest?.[0] ?? '');
  expect(await problems()).toEqual([
    expect.stringContaining('was changed, or rows before it'),
    'the audit of case c1 has an outcome without an intent',
    'the audit of case c1 lacks the intent of post in step 0',
  ]);
  redis.disconnect();
});
