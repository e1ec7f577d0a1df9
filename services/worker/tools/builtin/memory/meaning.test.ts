import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveMemory } from '#shared/memory/store.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createEmbed } from './embed.ts';
import { searchMemories } from './search.ts';

// The embedding model is played over real HTTP: texts about vehicles point one way, texts about food another.

let server: TestRedis;
let redis: Redis;
let model: Server;
let asked: string[][] = [];
let answer: (inputs: string[]) => string;

const limits = { most: 100, ttlMs: 60_000 };
const owners: [['mine', string]] = [['mine', 'person:discord:1']];
const vectorOf = (text: string) => [/car|automobile|lorry/i.test(text) ? 1 : 0, /bread|meal/i.test(text) ? 1 : 0, 0.01];
const truly = (inputs: string[]) =>
  JSON.stringify({ data: inputs.map((text, index) => ({ index, embedding: vectorOf(text) })).toReversed() });

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
  model = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { input } = JSON.parse(body) as { input: string[] };
      asked.push(input);
      response.setHeader('content-type', 'application/json').end(answer(input));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => model.once('listening', resolve));
});
afterAll(async () => {
  model?.close();
  redis?.disconnect();
  await server?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await redis.flushall();
  asked = [];
  answer = truly;
  for (const text of ['my automobile is red', 'I like bread', 'the meeting is on Monday']) {
    await saveMemory(redis, 'person:discord:1', { text, by: 'discord:1', name: 'Ada' }, limits);
  }
});

function search(query: string, name = 'played', base = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`) {
  const embed = createEmbed({ LITELLM_API_BASE: base, LITELLM_API_KEY: 'k', MEMORY_EMBEDDING_MODEL: name });
  const policy = { current: () => undefined as never, [Symbol.asyncDispose]: async () => undefined };
  return searchMemories({ redis, policy, limits, embed }, owners, query, new AbortController().signal);
}

const texts = (found: Awaited<ReturnType<typeof search>>) => found.found.map(({ entry }) => entry.text);

test('another word of the same meaning is found; words alone do not find it', async () => {
  expect(texts(await search('car'))).toEqual(['my automobile is red']);
  const byWords = { redis, policy: undefined as never, limits };
  expect(texts(await searchMemories(byWords, owners, 'car', new AbortController().signal))).toEqual([]);
});

test('what both find comes before what one finds', async () => {
  expect(texts(await search('meal on Monday with bread'))).toEqual(['I like bread', 'the meeting is on Monday']);
});

test('each memory is given to a model once; another model gets it again', async () => {
  await search('car');
  await search('lorry');
  expect(asked.map(({ length }) => length)).toEqual([1, 3, 1]);
  await search('car', 'another');
  expect(asked.map(({ length }) => length)).toEqual([1, 3, 1, 1, 3]);
});

test.each([
  ['half JSON', () => '{"data":[{"ind'],
  ['a page', () => '<html>'],
  ['fewer vectors than texts', () => '{"data":[]}'],
  ['a vector that is none', () => '{"data":[{"index":0,"embedding":["a"]}]}'],
])('a model that answers with %s: words alone, and that is said', async (_, wrong) => {
  answer = wrong;
  const found = await search('bread');
  expect(texts(found)).toEqual(['I like bread']);
  expect(found.note).toContain('by words alone');
});

test('a model that is away: words alone', async () => {
  const found = await search('bread', 'played', 'http://127.0.0.1:1/v1');
  expect(texts(found)).toEqual(['I like bread']);
  expect(found.note).toContain('by words alone');
});

test('vectors of another length are like nothing', async () => {
  await search('car');
  answer = (inputs) => JSON.stringify({ data: inputs.map((_, index) => ({ index, embedding: [1] })) });
  expect(texts(await search('car'))).toEqual([]);
});
