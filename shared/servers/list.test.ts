import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '#shared/ground/config.ts';
import { loadServers, runnerUrls } from './list.ts';

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
        typo: { comand: 'x' },
        type: { type: 'carrier-pigeon', url: 'http://127.0.0.1/mcp' },
        url: { type: 'sse', url: 'not a url' },
        file: { url: 'file:///etc/passwd' },
        http: { type: 'http' },
        args: { command: 'x', args: 'one two' },
        nothing: null,
        list: [],
      },
    }),
  );
  expect([...servers.keys()]).toEqual(['sound']);
  expect(Object.fromEntries(broken)).toEqual({
    typo: 'has neither command nor url, but "comand"',
    type: 'type: "carrier-pigeon" is none of stdio, http, sse',
    url: expect.stringMatching(/^url: must be an address/),
    file: expect.stringMatching(/^url: must be an address/),
    http: 'type: http needs a url',
    args: expect.stringMatching(/^args: /),
    nothing: 'must be an object with command or url',
    list: 'must be an object with command or url',
  });
});

test('what is disabled is no server, be it sound or not', () => {
  const { servers, broken, disabled } = load(
    JSON.stringify({ mcpServers: { one: { ...sound, disabled: true }, Two: { disabled: true } } }),
  );
  expect([servers.size, broken.size]).toEqual([0, 0]);
  expect([...disabled]).toEqual(['one', 'two']);
});

test('a server elsewhere without a type speaks streamable HTTP, and other settings of a client are let be', () => {
  const { servers } = load(
    JSON.stringify({ theme: 'dark', mcpServers: { web: { url: 'https://search.internal/mcp' } } }),
  );
  expect(servers.get('web')).toMatchObject({ type: 'http', url: 'https://search.internal/mcp' });
});

test('a name that is not legal becomes one, and names that would be the same are told apart', () => {
  const { servers, written } = load(
    JSON.stringify({
      mcpServers: {
        'Brave Search': sound,
        my_server: sound,
        'my.server': sound,
        'my-server': sound,
        '21st-dev/magic': sound,
        Übersicht: sound,
        搜索: sound,
        ['a'.repeat(40)]: sound,
        ['A'.repeat(40)]: sound,
      },
    }),
  );
  expect([...servers.keys()]).toEqual([
    'brave-search',
    'my-server-2',
    'my-server-3',
    'my-server',
    'server-21st-dev-magic',
    'ubersicht',
    'server',
    'a'.repeat(31),
    `${'a'.repeat(29)}-2`,
  ]);
  expect(written.get('brave-search')).toBe('Brave Search');
  expect(written.get('my-server-3')).toBe('my.server');
  expect(written.has('my-server')).toBe(false);
});

test.each([
  ['no JSON', '{\n  "mcpServers": {\n    "a" {}\n  }\n}', /line 3: no JSON \(ColonExpected\)/],
  ['no list', '{"tools": {}}', /mcpServers: there is no such list/],
  ['a list of another form', '{"mcpServers": []}', /mcpServers: must be an object/],
])('a file with %s is refused', (_, text, why) => {
  expect(() => load(text)).toThrow(ConfigError);
  expect(() => load(text)).toThrow(why);
});

test('a server that is off has no address; a wrong item is refused with its form', () => {
  const urls = runnerUrls(['a', 'b'], ['a=off', 'c=http://127.0.0.1:1/mcp']);
  expect([...urls]).toEqual([
    ['b', 'http://tool-runner-b:8080/mcp'],
    ['c', 'http://127.0.0.1:1/mcp'],
  ]);
  expect(() => runnerUrls(['a'], ['a=on'])).toThrow('"a=on" is not of the form name=http://host:port/mcp');
  expect(() => runnerUrls(['a'], ['=off'])).toThrow('is not of the form');
});
