import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { errorText } from './errors.ts';

test('why a fetch failed is told, whatever it was', async () => {
  const refused = await fetch('http://127.0.0.1:9/').catch((error: unknown) => error);
  // Port 9 is one that fetch itself refuses, without a connection.
  expect(errorText(refused)).toBe('bad port');
  const several = new TypeError('fetch failed', { cause: new AggregateError([new Error('connect ECONNREFUSED')], '') });
  expect(errorText(several)).toBe('connect ECONNREFUSED');
});

test('the rest says what it says', () => {
  expect([errorText(new Error('a', { cause: new Error('b') })), errorText('c'), errorText(undefined)]).toEqual([
    'a',
    'c',
    'undefined',
  ]);
});

test('a Redis that is away is told without the options of its client', async () => {
  const redis = new Redis({ host: '127.0.0.1', port: 9, maxRetriesPerRequest: 1, retryStrategy: () => 1 });
  redis.on('error', () => undefined);
  try {
    const refused = await redis.ping().catch((error: unknown) => error);
    expect(errorText(refused)).toBe('Redis does not answer');
  } finally {
    redis.disconnect();
  }
});
