import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '#shared/ground/config.ts';
import { loadServers } from './list.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-servers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = path.join(folder, 'servers.json');
  writeFileSync(file, text);
  return loadServers(file);
}

const sound = { command: 'npx', args: ['-y', 'memory'] };

test('an entry that is wrong is named with its fault and does not take the others with it', () => {
  const { servers, broken } = load(
    JSON.stringify({
      mcpServers: {
        sound,
        Upper: sound,
        typo: { comand: 'x' },
        type: { type: 'stream', url: 'http://127.0.0.1/mcp' },
        url: { type: 'sse', url: 'not a url' },
        nothing: null,
      },
    }),
  );
  expect([...servers.keys()]).toEqual(['sound']);
  expect(Object.fromEntries(broken)).toEqual({
    Upper: 'names are lower case: a-z, 0-9, -',
    typo: expect.stringMatching(/command: .*"comand"/),
    type: expect.stringMatching(/^type: .*http.*sse/),
    url: expect.stringMatching(/^url: /),
    nothing: expect.any(String),
  });
});

test('what is disabled is no server, be it sound or not', () => {
  const { servers, broken } = load(
    JSON.stringify({ mcpServers: { one: { ...sound, disabled: true }, Two: { disabled: true } } }),
  );
  expect([servers.size, broken.size]).toEqual([0, 0]);
});

test('a server elsewhere without a type speaks streamable HTTP, and other settings of a client are let be', () => {
  const { servers } = load(
    JSON.stringify({ theme: 'dark', mcpServers: { web: { url: 'https://search.internal/mcp' } } }),
  );
  expect(servers.get('web')).toMatchObject({ type: 'http', url: 'https://search.internal/mcp' });
});

test.each([
  ['no JSON', '{'],
  ['no list', '{"servers": {}}'],
  ['a list of another form', '{"mcpServers": []}'],
])('a file with %s is refused', (_, text) => {
  expect(() => load(text)).toThrow(ConfigError);
});
