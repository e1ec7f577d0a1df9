import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ShownMessage } from './controls/shown.ts';
import { startPlayground } from './start.ts';
import { timestampOf } from './state/snowflakes.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TOKEN = 'a-token-for-this-test';

test('the service says when it is ready, serves, and ends on SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'playground-'));
  const witness = join(folder, 'witness.jsonl');
  const variables = {
    PLAYGROUND_PORT: '0',
    METRICS_PORT: '0',
    PLAYGROUND_TOKEN: TOKEN,
    PLAYGROUND_WITNESS_FILE: witness,
  };
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...variables } });
  const exited = once(child, 'exit');
  const line = await readyLine(child.stdout);
  expect(line).not.toContain(TOKEN);
  const { addresses } = JSON.parse(line) as { addresses: { page: string; discordApiBase: string } };
  expect(addresses.page).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const channel = '1457523995443200030';
  const sent = await fetch(`${addresses.discordApiBase}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'hello' }),
  });
  expect(sent.status).toBe(200);
  expect(JSON.parse(await readFile(witness, 'utf8'))).toMatchObject({ event: 'create', content: 'hello', channel });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await rm(folder, { recursive: true });
});

test('any token will do: people make one up when they try the bot without an account', async () => {
  const variables = { PLAYGROUND_PORT: '0', METRICS_PORT: '0', PLAYGROUND_TOKEN: 'x' };
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...variables } });
  const exited = once(child, 'exit');
  const { addresses } = JSON.parse(await readyLine(child.stdout)) as { addresses: { discordApiBase: string } };
  const me = await fetch(`${addresses.discordApiBase}/v10/users/@me`, { headers: { authorization: 'Bot x' } });
  expect(me.status).toBe(200);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

async function readyLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    const ready = text.split('\n').find((line) => line.includes('"msg":"ready"'));
    if (ready !== undefined) return ready;
  }
  throw new Error(`The service ended before it was ready:\n${text}`);
}

test('every start has the same welcome, which is no news and names nobody', async () => {
  const welcomes = [];
  for (let count = 0; count < 2; count += 1) {
    await using playground = await startPlayground();
    welcomes.push(playground.controls.messages('general'));
  }
  const [[first], [second]] = welcomes as [[ShownMessage], [ShownMessage]];
  expect(second).toEqual(first);
  expect(first.pings).toEqual([]);
  expect(first.content).not.toMatch(/<[@#]/);
  expect(timestampOf(first.id)).toBeLessThan(Date.parse('2026-02-01'));
});

test('a taken port is refused', async () => {
  await using playground = await startPlayground();
  await expect(startPlayground({ port: playground.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
