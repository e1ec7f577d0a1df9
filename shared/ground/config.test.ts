import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, flag, hostNames, ids, integer, list, loadConfig, origins, port } from './config.ts';
import { redisVariables } from '#shared/redis/variables.ts';
import { signingVariables } from '#shared/rights/variables.ts';

const schema = z.object({
  PORT: port(8080).meta({ description: 'Where it listens' }),
  LIMIT: integer(5, 1, 10),
  ON: flag(false),
  HOSTS: list(),
  KEY: z.string().min(10, 'must have at least 10 characters').meta({ secret: true, example: 'abc' }),
});

test('defaults fill in, an empty value counts as not set', () => {
  const config = loadConfig(schema, { KEY: '0123456789', PORT: '', HOSTS: 'a, b c' });
  expect(config).toEqual({ PORT: 8080, LIMIT: 5, ON: false, HOSTS: ['a', 'b', 'c'], KEY: '0123456789' });
});

test('each wrong variable gets one line with its name, value and problem', () => {
  const load = () => loadConfig(schema, { PORT: 'http', LIMIT: '11', ON: 'maybe', KEY: '0123456789' });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/^PORT "http": .*\nLIMIT "11": .*\nON "maybe": must be on or off/);
});

test('a missing variable says how to set it', () => {
  expect(() => loadConfig(schema, {})).toThrow(
    'KEY is not set. Set KEY in .env or in the environment, or KEY_FILE. Example: KEY=abc',
  );
});

test('a wrong secret is not printed', () => {
  const message = catchMessage(() => loadConfig(schema, { KEY: 'shortkey1' }));
  expect(message).toContain('KEY: must have at least 10 characters');
  expect(message).not.toContain('shortkey1');
});

test('a secret comes from the file that NAME_FILE names, without its last newline', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'key');
  writeFileSync(file, 'from-the-file\n');
  expect(loadConfig(schema, { KEY_FILE: file }).KEY).toBe('from-the-file');
  expect(catchMessage(() => loadConfig(schema, { KEY_FILE: `${file}x` }))).toContain('KEY_FILE: cannot read');
});

test('an empty file is as good as none, and is named', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'key');
  writeFileSync(file, '\n');
  expect(catchMessage(() => loadConfig(schema, { KEY_FILE: file }))).toBe(
    `KEY is not set: the file ${file} (KEY_FILE) is empty. Set KEY in .env or in the environment, or KEY_FILE. Example: KEY=abc`,
  );
  writeFileSync(file, 'short\n');
  expect(catchMessage(() => loadConfig(schema, { KEY_FILE: file }))).toBe(
    `KEY (from the file ${file}): must have at least 10 characters. Set it in .env or in the environment. Example: KEY=abc`,
  );
});

test('only secrets may come from files', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'port');
  writeFileSync(file, '1');
  expect(loadConfig(schema, { KEY: '0123456789', PORT_FILE: file }).PORT).toBe(8080);
});

test('the variables that services share check their form', () => {
  const shared = z.object({ ...redisVariables, ...signingVariables });
  const message = catchMessage(() =>
    loadConfig(shared, { REDIS_URL: 'localhost:6379', DRAGOMAN_SIGNING_KEY: 'short' }),
  );
  expect(message).toContain('REDIS_URL: must begin with redis://, rediss://');
  expect(message).toContain('DRAGOMAN_SIGNING_KEY: must have at least 32 characters');
});

function catchMessage(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('did not throw');
}

test('a list whose parts must have a shape refuses others by its name', () => {
  const schema = z.object({ DENY: list('', ids), PAGES: list('', origins), HOSTS: list('', hostNames) });
  const pages = ['https://a.example:8443', 'http://b', 'chrome-extension://abcdef', 'app://obsidian.md'];
  const good = { DENY: '123456789012345678, 5', PAGES: pages.join(' '), HOSTS: 'a.example' };
  expect(loadConfig(schema, good)).toEqual({
    DENY: ['123456789012345678', '5'],
    PAGES: pages,
    HOSTS: ['a.example'],
  });
  expect(() => loadConfig(schema, { DENY: '5,general' })).toThrow(
    /^DENY "5,general": must be ids, .* not names: .*Copy ID/,
  );
  for (const page of ['a.example', '*', 'https://a.example/'])
    expect(() => loadConfig(schema, { PAGES: page })).toThrow(/^PAGES ".*": must be addresses without/);
  expect(() => loadConfig(schema, { HOSTS: 'http://a.example' })).toThrow(
    /^HOSTS .*: must be host names, without http/,
  );
});
