import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageIndex } from '#services/ingress/messages/message-index.ts';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { introduce } from './introduction.ts';

let redis: TestRedis;
let playground: Playground;
beforeAll(async () => {
  [redis, playground] = await Promise.all([startTestRedis(), startPlayground()]);
});
afterAll(async () => {
  await playground?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

/** What is printed about a first question that nobody answers. `take` plays what the bot does with the message. */
async function introduced(take: (message: string) => Promise<unknown>, patienceMs = 5_000): Promise<string> {
  const before = playground.controls.messages('general').map(({ id }) => id);
  const asked = playground.controls.waitFor(
    ({ content, id }) => content.includes('Which tables') && !before.includes(id),
  );
  const door = {
    page: playground.pageUrl,
    env: { DISCORD_API_BASE: playground.url, DISCORD_TOKEN: playground.token },
  };
  const ready = new Set(['filesystem', 'postgres']);
  const said: string[] = [];
  const introduction = introduce({ redisUrl: redis.url, door, domains: ready }, new AbortController().signal, {
    say: (text) => said.push(text),
    patienceMs,
  });
  await Promise.all([introduction, asked.then(({ id }) => take(id))]);
  return said.join('\n');
}

test('a question that the bot does not take up is no run, and none is named', async () => {
  const said = await introduced(async () => undefined, 500);
  expect(said).toContain('No answer: the bot has not taken the question up');
  expect(said).not.toMatch(/discord-|jobs show/);
});

test('a question that waits is named with its run and what it waits for', async () => {
  let run = '';
  const said = await introduced(async (message) => {
    run = discordRunId(message);
    await accept(run);
  });
  expect(said).toContain('waits for a worker');
  expect(said).toContain(`jobs show ${run}`);
});

test('a question that was joined with an earlier message is followed under the run of that', async () => {
  const said = await introduced(async (message) => {
    const client = connectRedis(redis.url, 'test');
    await createMessageIndex(client).add('discord-1', [message]);
    client.disconnect();
    await accept('discord-1');
  });
  expect(said).toContain('jobs show discord-1');
});

async function accept(id: string): Promise<void> {
  const client = connectRedis(redis.url, 'test');
  const queues = createQueues(client);
  const caller = { kind: 'discord', id: playground.people.Ada } as const;
  await acceptRun({ redis: client, queues: queues }, { id, caller, conversation: id, text: 'Which tables?' });
  await queues[Symbol.asyncDispose]();
  client.disconnect();
}
