import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '#shared/ground/config.ts';
import { hashOfKey } from './api-keys.ts';
import { readKeysFile, watchKeysFile } from './api-keys-file.ts';
import { watchFile } from '#shared/process/watch-file.ts';

const secret = 'a-key-that-is-long-enough';
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'api-keys-'));
  file = path.join(folder, 'keys.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  writeFileSync(file, text);
  return file;
}

test('knows a key by itself or by its hash', () => {
  const keys = readKeysFile(
    written(`
- { name: ci, key: ${secret}, roles: [member], models: [small], budget_usd: 3 }
- { name: web, sha256: ${hashOfKey(`${secret}2`)}, roles: [member, operator] }
`),
  );
  expect(keys.find(secret)).toMatchObject({ name: 'ci', roles: ['member'], models: ['small'], budgetUsd: 3 });
  expect(keys.find(`${secret}2`)).toMatchObject({ name: 'web', roles: ['member', 'operator'] });
  expect(keys.list().map(({ name }) => name)).toEqual(['ci', 'web']);
  for (const other of ['', secret.slice(1), `${secret}3`, hashOfKey(`${secret}2`)]) {
    expect(keys.find(other), other).toBeUndefined();
  }
});

test('a key whose date is over is refused; another with the same name stands', () => {
  const keys = readKeysFile(
    written(`
- { name: ci, key: ${secret}, roles: [member], expires: 2020-01-01 }
- { name: ci, key: ${secret}2, roles: [member], expires: 2999-01-01 }
- { name: again, key: ${secret}, roles: [member] }
`),
  );
  expect(keys.find(`${secret}2`)?.name).toBe('ci');
  expect(keys.find(secret)?.name).toBe('again');
});

test('an empty file holds no key; JSON is read as well', () => {
  expect(readKeysFile(written('')).list()).toEqual([]);
  expect(readKeysFile(written('# none yet\n')).list()).toEqual([]);
  expect(
    readKeysFile(written(JSON.stringify([{ name: 'ci', key: secret, roles: ['member'] }]))).find(secret),
  ).toBeDefined();
});

test.each([
  ['no list', `name: ci\nkey: ${secret}\nroles: [member]`, /keys\.yaml: the file: /],
  ['broken YAML', `- { name: ci, key: ${secret}\n- x: [`, /keys\.yaml:\d+: this is no YAML/],
  ['a name with a space', `- { name: c i, key: ${secret}, roles: [member] }`, /0\.name/],
  ['a short key', '- { name: ci, key: short, roles: [member] }', /0\.key: must have at least 20 characters/],
  ['no hash', `- { name: ci, sha256: ${secret}, roles: [member] }`, /0\.sha256: must be 64/],
  ['neither', '- { name: ci, roles: [member] }', /ci: give either key or sha256/],
  ['both', `- { name: ci, key: ${secret}, sha256: ${hashOfKey('x')}, roles: [member] }`, /ci: give either/],
  ['no role', `- { name: ci, key: ${secret}, roles: [] }`, /0\.roles/],
  ['a misspelt member', `- { name: ci, key: ${secret}, roles: [member], role: x }`, /0/],
  ['a date that is none', `- { name: ci, key: ${secret}, roles: [member], expires: soon }`, /0\.expires/],
])('%s is refused with its place, and no key is told', (_name, text, expected) => {
  const read = () => readKeysFile(written(text));
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(expected);
  expect(read).not.toThrow(secret);
});

test('a file that is not there is refused by the name of its variable', () => {
  expect(() => readKeysFile(path.join(folder, 'none.yaml'))).toThrow(/^DRAGOMAN_API_KEYS_FILE: cannot read .*ENOENT/);
});

test('a changed file takes force, replaced or written into; a broken one does not', async () => {
  await using keys = watchKeysFile(written(`- { name: ci, key: ${secret}, roles: [member] }`));
  writeFileSync(`${file}.new`, `- { name: web, key: ${secret}2, roles: [member] }`);
  renameSync(`${file}.new`, file);
  await expect.poll(() => keys.find(`${secret}2`)?.name).toBe('web');
  expect(keys.find(secret)).toBeUndefined();
  written('- [');
  written('- nonsense');
  written(`- { name: web, key: ${secret}2, roles: [member] }\n- { name: third, key: ${secret}3, roles: [member] }`);
  await expect.poll(() => keys.find(`${secret}3`)?.name).toBe('third');
  written('- [');
  rmSync(file);
  written('');
  await expect.poll(() => keys.list()).toEqual([]);
});
test('while a changed file is broken or gone, the keys before it stay', async () => {
  await using keys = watchKeysFile(written(`- { name: ci, key: ${secret}, roles: [member] }`));
  let looked = 0;
  await using _ = watchFile(file, () => (looked += 1));
  for (const change of [() => written('- ['), () => written('- nonsense'), () => rmSync(file)]) {
    const before = looked;
    change();
    await expect.poll(() => looked).toBeGreaterThan(before);
    expect(keys.find(secret)?.name).toBe('ci');
  }
});
