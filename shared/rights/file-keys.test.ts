import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkAudit } from '#shared/audit/check.ts';
import { listAudit } from '#shared/audit/list.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { hashOfKey } from './api-keys.ts';
import { readKeysFile } from './api-keys-file.ts';
import { auditFileKeys } from './file-keys.ts';

const { redis } = await startTestStore();
let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'file-keys-')), 'keys.yaml');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true }));

/** What the audit log has of the keys, the oldest first, after the file was written and read so often. */
async function told(text: string, times = 1): Promise<string[]> {
  writeFileSync(file, text);
  await Promise.all(Array.from({ length: times }, () => auditFileKeys(redis, readKeysFile(file), file)));
  const { rows } = await listAudit(redis, { limit: 100, kinds: ['key'] });
  return rows
    .toReversed()
    .map(({ who, data }) => `${who.split(' ')[0]} ${String(data['deed'])} ${String(data['roles'])}`);
}

test('what comes into the file, changes in it and leaves it is told once, by however many processes', async () => {
  const [one, two, three] = ['one', 'two', 'three'].map((word) => hashOfKey(`${word}-${'x'.repeat(20)}`));
  const first = await told(`- { name: ci, sha256: ${one}, roles: [member] }`, 3);
  expect(first).toEqual(['api:ci added member']);
  expect(await told(`- { name: ci, sha256: ${one}, roles: [member] }`)).toEqual(first);
  // A rotation: the new key beside the old one, then alone, with other rights.
  const both = `- { name: ci, sha256: ${one}, roles: [member] }\n- { name: ci, sha256: ${two}, roles: [member] }`;
  const second = await told(both, 2);
  expect(second).toEqual([...first, 'api:ci added member']);
  const third = await told(`- { name: ci, sha256: ${two}, roles: [operator] }`, 2);
  expect(third).toEqual([...second, 'api:ci changed operator', 'api:ci removed member']);
  expect(await told(`- { name: web, sha256: ${three}, roles: [member] }`)).toEqual([
    ...third,
    'api:web added member',
    'api:ci removed operator',
  ]);
  expect((await checkAudit(redis)).problems).toEqual([]);
});

test('the log names the file, and holds neither keys nor their hashes', async () => {
  const key = 'a-key-that-is-long-enough';
  await told(`- { name: ci, key: ${key}, roles: [member], expires: 2999-01-01 }`);
  const { rows } = await listAudit(redis, { limit: 10 });
  expect(rows[0]?.data).toMatchObject({ by: file, until: '2999-01-01T00:00:00.000Z' });
  const everything = JSON.stringify(rows) + (await redis.get('{dragoman}:api:file-keys'));
  for (const secret of [key, hashOfKey(key), hashOfKey(key).slice(0, 8)]) expect(everything).not.toContain(secret);
});
