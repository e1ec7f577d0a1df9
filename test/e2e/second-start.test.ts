import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ShownMessage } from '#services/playground/controls/shown.ts';
import { demoIds } from '#services/playground/state/demo.ts';
import { controlPlayground, type PlaygroundHttp } from '#test/lib/playground-http.ts';
import { freePort } from '#test/lib/ports.ts';
import { cleanEnvironment, startProgram } from '#test/lib/stack.ts';

// Runs `npm start` again and again in one folder, as people do. Each test continues from the one before it.

let folder: string;
let playground: number;
let api: number;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-again-'));
  playground = await freePort();
  api = await freePort();
});
let running: (() => Promise<unknown>) | undefined;
afterEach(() => running?.());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Start {
  /** What the terminal has shown so far, stdout and stderr in their order. */
  shown(): string;
  discord: PlaygroundHttp;
  end(signal: NodeJS.Signals): Promise<unknown>;
}

function environment() {
  return {
    ...cleanEnvironment(),
    DRAGOMAN_STATE_DIR: folder,
    PLAYGROUND_PORT: String(playground),
    API_PORT: String(api),
  };
}

/**
 * Starts the stack. Resolves when it prints how to stop it, which comes when all is ready. `meanwhile` is done as soon
 * as the page's address is shown.
 */
async function start(name: string, meanwhile?: (discord: PlaygroundHttp) => Promise<unknown>): Promise<Start> {
  const file = path.join(folder, `${name}.txt`);
  const shown = () => readFileSync(file, 'utf8');
  // Both streams go into one file: two pipes would lose the order.
  const out = openSync(file, 'a');
  const child = spawn(process.execPath, ['start/main.ts'], { env: environment(), stdio: ['ignore', out, out] });
  closeSync(out);
  const ended = once(child, 'exit');
  async function end(signal: NodeJS.Signals): Promise<unknown> {
    running = undefined;
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
  running = () => end('SIGTERM');
  const discord = controlPlayground(`http://127.0.0.1:${playground}`);
  await expect.poll(shown, { timeout: 100_000 }).toContain('Chat with the bot:');
  expect(meanwhile && shown().includes('Stop:'), 'the page is shown before all is ready').not.toBe(true);
  await meanwhile?.(discord);
  await expect.poll(shown, { timeout: 100_000 }).toContain('Stop:');
  return {
    shown,
    discord,
    end,
  };
}

it('shows its addresses at the very first start before it asks a first question', { timeout: 200_000 }, async () => {
  let early: ShownMessage | undefined;
  const first = await start('first', async (discord) => {
    early = await discord.say({ channel: 'general', author: 'Max', content: mention('what time is it in Tokyo?') });
  });
  await expect.poll(() => first.shown(), { timeout: 90_000 }).toMatch(/order_items[\s\S]*\(\d.* m?s\)/);
  expect(first.shown().indexOf('Stop:')).toBeLessThan(first.shown().indexOf('A first question:'));
  expect(first.shown()).not.toContain('No answer');
  const answersEarly = (reply: ShownMessage) => reply.replyTo === early?.id && reply.content.includes('Tokyo');
  await first.discord.waitFor('general', answersEarly, 60_000);
  expect(await first.end('SIGINT')).toBe(0);
});

it('asks nothing at the second one, and answers the first who does', { timeout: 200_000 }, async () => {
  const second = await start('second');
  const [welcome, ...others] = await second.discord.messages('general');
  expect(welcome).toMatchObject({ id: demoIds.messages.welcome, pings: [] });
  expect(others).toEqual([]);
  const asked = await second.discord.say({ channel: 'general', author: 'Ada', content: mention('which tables?') });
  const answers = (reply: ShownMessage) => reply.replyTo === asked.id && reply.content.includes('order_items');
  await second.discord.waitFor('general', answers, 60_000);
  expect(await second.end('SIGINT')).toBe(0);
  expect(second.shown()).toContain(`http://127.0.0.1:${api}  (no API key exists`);
  for (const said of ['A first question', 'No answer', 'jobs show']) expect(second.shown()).not.toContain(said);
});

it('answers the question of --once, whatever an earlier stack has left behind', { timeout: 200_000 }, async () => {
  const killed = await start('killed');
  for (const author of ['Ada', 'Max'])
    await killed.discord.say({ channel: 'general', author, content: mention('what time is it in Cairo?') });
  await killed.end('SIGKILL');
  for (const city of ['Tokyo', 'Berlin']) {
    const args = ['--once', `What time is it in ${city}?`];
    const { code, stdout, stderr } = await startProgram('start/main.ts', args, { env: environment() }).finished;
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining(city) });
    expect(stdout).not.toContain('Cairo');
  }
});

function mention(text: string): string {
  return `<@${demoIds.bot}> ${text}`;
}
