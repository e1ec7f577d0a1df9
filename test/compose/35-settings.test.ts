import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compose } from './stack.ts';

const example = readFileSync(path.resolve(import.meta.dirname, '../../.env.example'), 'utf8');

/** Variables that compose.yaml itself fills in, as .env.example says, beside those for npm start alone. */
const setByCompose = new Set(['SECRETS_DIR', 'S3_DATA_DIR']);

/** A value that occurs nowhere else: a number, which also serves as a port or a count, or an address. */
function valueOf(name: string, index: number): string {
  return name.endsWith('_BIND') ? `127.99.${Math.floor(index / 256)}.${index % 256}` : String(20_000 + index);
}

test('a variable of .env.example reaches the stack, or is marked as one for npm start only', async () => {
  const variables = [...example.matchAll(/^# (.*)\n#([A-Z][A-Z0-9_]*)=/gm)].map(([, said = '', name = ''], index) => ({
    name,
    only: said.includes('npm start only') || setByCompose.has(name),
    value: valueOf(name, index),
  }));
  expect(variables.length).toBeGreaterThan(100);
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-settings-'));
  try {
    const file = path.join(folder, 'env');
    writeFileSync(file, variables.map(({ name, value }) => `${name}=${value}\n`).join(''));
    const none = Object.fromEntries(variables.map(({ name }) => [name, undefined]));
    const env = { ...none, COMPOSE_FILE: 'compose.yaml', COMPOSE_ENV_FILES: file, COMPOSE_PROFILES: '*' };
    const { stdout } = await compose(['config', '--format', 'json'], { env });
    const wrong = variables.filter(({ only, value }) => new RegExp(`\\b${value}\\b`).test(stdout) === only);
    expect(wrong.map(({ name, only }) => `${name} is ${only ? 'taken' : 'ignored'}`)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
