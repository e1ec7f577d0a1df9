import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('work of one connection runs one after the other, also after a failure; what was stopped before is not begun', async () => {
  const redis = new Redis({ lazyConnect: true });
  const { signal } = new AbortController();
  const gate = Promise.withResolvers<string>();
  const begun: string[] = [];
  const work = (name: string, result: Promise<string>) => () => {
    begun.push(name);
    return result;
  };
  const first = inTurn(redis, signal, work('first', gate.promise));
  const stopped = inTurn(redis, AbortSignal.abort(new Error('stopped')), work('stopped', Promise.resolve('')));
  const third = inTurn(redis, signal, work('third', Promise.resolve('done')));
  await Promise.resolve();
  expect(begun).toEqual(['first']);
  gate.reject(new Error('failed'));
  await expect(first).rejects.toThrow('failed');
  await expect(stopped).rejects.toThrow('stopped');
  expect(await third).toBe('done');
  expect(begun).toEqual(['first', 'third']);
});
