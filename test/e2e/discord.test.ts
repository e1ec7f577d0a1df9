import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoIds } from '#services/playground/state/demo.ts';
import { controlPlayground, type PlaygroundHttp } from '#test/lib/playground-http.ts';
import { startTestStack, type TestStack } from '#test/lib/stack.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';

// A mention in Discord through the whole real stack of `npm start`: discord.js, Redis, worker, tool-runners and their
// backends; Discord and the model are played.

let stack: TestStack;
let model: PlayedModel;
let site: Server;
let page: string;
let discord: PlaygroundHttp;

beforeAll(async () => {
  site = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end('The page says 42.'),
  );
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  page = `http://${host}/answer`;
  model = await startPlayedModel({ models: ['played'] });
  stack = await startTestStack({ LITELLM_API_BASE: model.url, MODEL_NAME: 'played', FETCH_ALLOWED_HOSTS: host });
  discord = controlPlayground(stack.file().services['playground']?.addresses['page'] ?? '');
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
  site?.close();
});

function mention(text: string): string {
  return `<@${demoIds.bot}> ${text}`;
}

it('answers a mention with what the tools of all four domains found', async () => {
  model.script('everywhere', (request) =>
    request.step === 0
      ? {
          toolCalls: [
            { name: 'postgres_query', arguments: { query: 'SELECT count(*) AS products FROM products' } },
            { name: 'minio_list_objects', arguments: { bucket_name: 'demo' } },
            { name: 'list_directory', arguments: { path: '.' } },
            { name: 'fetch', arguments: { url: page } },
          ],
        }
      : { text: `Found:\n${request.results.map(({ text }) => text.slice(0, 300)).join('\n')}` },
  );
  const asked = await discord.say({ channel: 'general', author: 'Max', content: mention('[script:everywhere] Look.') });
  const answer = await discord.waitFor(
    'general',
    (shown) => shown.replyTo === asked.id && shown.content.includes('42'),
  );
  expect(answer.content).toMatch(/products[\s\S]*\d+/);
  expect(answer.content).toContain('README.txt');
  expect(answer.content).toContain('handbook');
  expect(answer.pings).toEqual([]);
});

it('writes only after an operator has pressed Allow, and not for somebody else', async () => {
  const write = { name: 'write_file', arguments: { path: 'from-discord.txt', content: 'written from Discord' } };
  model.script('write', (request) =>
    request.step === 0 ? { toolCalls: [write] } : { text: `Done: ${request.results.at(-1)?.text.slice(0, 200)}` },
  );
  const asked = await discord.say({ channel: 'general', author: 'Olga', content: mention('[script:write] Write it.') });
  const card = await discord.waitFor('general', ({ components }) => JSON.stringify(components).includes('decide:'));
  expect(JSON.stringify(card)).toContain('from-discord.txt');
  const file = path.join(stack.folder, 'workspace', 'from-discord.txt');
  await discord.click({ message: card.id, author: 'Guest', label: 'Allow once' });
  expect(existsSync(file)).toBe(false);
  await discord.click({ message: card.id, author: 'Olga', label: 'Allow once' });
  await discord.waitFor('general', (shown) => shown.replyTo === asked.id && shown.content.includes('Done'));
  expect(readFileSync(file, 'utf8')).toBe('written from Discord');
});

it('offers a member no tool that writes', async () => {
  model.script('tools', (request) => ({
    text: `tools: ${request.body.tools?.map((tool) => `\`${tool.function.name}\``).join(' ')}`,
  }));
  const asked = await discord.say({ channel: 'general', author: 'Guest', content: mention('[script:tools] Tools?') });
  const answer = await discord.waitFor(
    'general',
    (shown) => shown.replyTo === asked.id && shown.content.includes('tools:'),
  );
  expect(answer.content).toContain('postgres_query');
  expect(answer.content).not.toContain('write_file');
});
