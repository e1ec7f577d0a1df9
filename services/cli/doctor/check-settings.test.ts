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
