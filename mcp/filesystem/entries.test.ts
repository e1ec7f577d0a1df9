import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf, firstByName } from './entries.ts';
import { holdRoot } from './reach.ts';

test('of very many names the first ones are kept, sorted, and all are counted', () => {
  const first = firstByName<{ name: string }>(3);
  for (let n = 0; n < 10_000; n += 1) first.add({ name: String((n * 7_919) % 10_000).padStart(4, '0') });
  expect(first.items().map(({ name }) => name)).toEqual(['0000', '0001', '0002']);
  expect(first.total).toBe(10_000);
});

test('entries have their names and types; what is not UTF-8 is left out', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-entries-'));
  await mkdir(path.join(folder, 'ä'));
  await writeFile(path.join(folder, 'b'), '');
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]), '');
  const held = await holdRoot(folder);
  const found = new Map<string, boolean>();
  for await (const entry of entriesOf(held)) found.set(entry.name, entry.isDirectory());
  await held.handle.close();
  await rm(folder, { recursive: true });
  expect(Object.fromEntries(found)).toEqual({ ä: true, b: false });
});
