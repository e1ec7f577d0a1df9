import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCliConfig } from '../config.ts';
import { checkEnvFile, checkServers } from './check-settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-settings-'));
  writeFileSync(path.join(folder, '.env.example'), '#LOG_LEVEL=info\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function configWith(mcpServers: object) {
  const file = path.join(folder, 'servers.json');
  writeFileSync(file, JSON.stringify({ mcpServers }));
  return readCliConfig({ MCP_SERVERS_FILE: file });
}

test('a variable that a server refers to is no misspelt setting', () => {
  const config = configWith({
    web: { url: 'http://web.internal/mcp', headers: { Authorization: 'Bearer ${WEB_TOKEN}' } },
  });
  writeFileSync(path.join(folder, '.env'), 'WEB_TOKEN=x\n');
  expect(checkEnvFile(config, folder)).toMatchObject({ state: 'ok' });
  writeFileSync(path.join(folder, '.env'), 'WEB_TOKEN=x\nLOG_LEVAL=debug\n');
  expect(checkEnvFile(config, folder)).toMatchObject({
    state: 'warning',
    detail: 'nothing reads LOG_LEVAL (LOG_LEVEL?)',
  });
});

test.each([
  ['\uFEFFLOG_LEVEL=info\r\nTZ=UTC\r\n', 'ok', '2 settings, all known'],
  ['export LOG_LEVEL="info"\n\n  # LOG_LEVAL=debug\n', 'ok', '1 settings, all known'],
  [
    "LOG_LEVEL='two\nlines'\nLOG_LEVEL: debug\n",
    'warning',
    'line 3 sets nothing, for it is not of the form NAME=value',
  ],
  ['LOG_LEVEL="debug\n', 'warning', 'line 1: the quote before the value of LOG_LEVEL has no end'],
  [Buffer.from('\uFEFFLOG_LEVEL=info\n', 'utf16le'), 'broken', /written in UTF-16: save it as UTF-8/],
])('of what .env may hold, %j is told as %s', (text, state, detail) => {
  writeFileSync(path.join(folder, '.env'), text);
  expect(checkEnvFile(configWith({}), folder)).toMatchObject({
    state,
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  });
});

test('an entry that is wrong is named with its fault beside those that are well', () => {
  const config = configWith({ one: { command: 'x' }, two: { url: 'nowhere' } });
  expect(checkServers(config)).toMatchObject({
    state: 'broken',
    detail: expect.stringMatching(/: one; wrong and left out: two \(url: /),
  });
});

test('another name, what is disabled, and what is not used is told', () => {
  const config = configWith({ 'My Server': { command: 'x', timeout: 5 }, off: { command: 'y', disabled: true } });
  expect(checkServers(config)).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(/: my-server \("My Server"\); disabled: off; my-server: "timeout" is not used: /),
  });
});
