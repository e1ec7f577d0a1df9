import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCallFile } from './call-file.ts';
import type { CallRecord } from './call-lines.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'dragoman-call-file-'))));
afterEach(() => rm(folder, { recursive: true }));

const file = () => path.join(folder, 'calls.jsonl');
const record = (id: number): CallRecord => ({ id: `c${id}`, fingerprint: 'f', tool: 'post', at: Date.now() });
const result = { content: [{ type: 'text' as const, text: 'done' }] };
const lines = async (name: string) => (await readFile(path.join(folder, name), 'utf8')).split('\n').length - 1;

it('does not grow for ever, and loses none of the newest records', async () => {
  const first = await openCallFile(file(), 0, 10);
  for (let id = 0; id < 24; id += 1) {
    await first.append(record(id));
    if (id !== 20) await first.append({ ...record(id), result });
  }
  await first[Symbol.asyncDispose]();
  expect((await readdir(folder)).toSorted()).toEqual(['calls.jsonl', 'calls.jsonl.old']);
  expect((await lines('calls.jsonl')) + (await lines('calls.jsonl.old'))).toBeLessThanOrEqual(20);
  await using second = await openCallFile(file(), 0, 10);
  const ids = second.recovered.map(({ id }) => id);
  expect(ids.slice(-5)).toEqual(['c19', 'c20', 'c21', 'c22', 'c23']);
  expect(second.recovered.find(({ id }) => id === 'c20')?.result).toBeUndefined();
  expect(second.recovered.find(({ id }) => id === 'c23')?.result).toEqual(result);
  expect(await readdir(folder)).toEqual(['calls.jsonl']);
});

it('keeps an intent and its result together across the turn, also with many at once', async () => {
  const calls = await openCallFile(file(), 0, 6);
  await calls.append(record(0));
  await Promise.all(Array.from({ length: 5 }, (_, at) => calls.append(record(at + 1))));
  await Promise.all([calls.append({ ...record(0), result }), calls.append(record(7))]);
  await calls[Symbol.asyncDispose]();
  await using again = await openCallFile(file(), 0, 6);
  expect(again.recovered).toHaveLength(7);
  expect(again.recovered.find(({ id }) => id === 'c0')?.result).toEqual(result);
});
