import { afterAll, beforeAll, expect, test } from 'vitest';
import * as ill from './testing/ill-server.ts';
import { testTools, type TestTools } from './testing/tools.ts';

let server: ill.IllServer;
let tools: TestTools;

beforeAll(async () => {
  server = await ill.startIllServer();
  tools = testTools(server, { S3_TIMEOUT_MS: 20_000 });
});

afterAll(async () => {
  await tools?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const get = (signal?: AbortSignal) => tools.call('minio_get_object', { bucket_name: 'data', object_name: 'x' }, signal);

test('a busy server is asked again, four times at most', async () => {
  server.setIllness(ill.slowDownThrice);
  expect(await get()).toMatchObject({ failed: false, text: 'ok' });
  expect(server.requests()).toBe(4);
});

test('damaged and cut contents are told, not shown', async () => {
  server.setIllness(ill.wrongChecksum);
  expect((await get()).text).toContain('came damaged');
  server.setIllness(ill.shortBody);
  expect((await get()).text).toContain('broke before everything had come');
});

test('a document without end is given up before it fills the memory', async () => {
  server.setIllness(ill.endlessDocument);
  const before = process.memoryUsage().rss;
  const { failed, text } = await tools.call('minio_list_objects', { bucket_name: 'data' });
  expect([failed, text]).toEqual([true, 'The object store sent an answer that is far too large. Tell the user.']);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2);
});

test('stopping ends a call that gets no answer', async () => {
  server.setIllness(ill.neverAnswers);
  const controller = new AbortController();
  const call = get(controller.signal);
  await expect.poll(() => server.requests()).toBe(1);
  controller.abort();
  expect((await call).text).toBe('minio_get_object was stopped before it finished.');
});

test('nobody there is a sentence without the address', async () => {
  await using gone = testTools({ ...server, endpoint: 'http://127.0.0.1:9' });
  const { failed, text } = await gone.call('minio_list_buckets');
  expect(failed).toBe(true);
  expect(text).toContain('cannot be reached');
  expect(text).not.toContain('127.0.0.1');
});
