import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { dyingRedis } from '#test/lib/dying-redis.ts';
import { keys } from '#shared/redis/keys.ts';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createDiscordApi, type DiscordApi } from '../discord/api.ts';
import { createRest } from '../discord/client.ts';
import { createInvalidRequestGuard } from '../discord/invalid-requests.ts';
import { createPacer } from '../discord/pacer.ts';
import { paceRest } from '../discord/paced-rest.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import type { ShownPart } from './shown-part.ts';
import { createDeliveryStore } from './store.ts';

let server: TestRedis;
let redis: Redis;
let playground: Playground;
let api: DiscordApi;
let channel: string;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'test');
  playground = await startPlayground({ rateLimits: false });
  const rest = createRest(playground.url, playground.token);
  paceRest(rest, createPacer({ limit: 1_000_000 }));
  api = createDiscordApi(rest, createInvalidRequestGuard());
  channel = playground.controls.say({ channel: 'general', author: 'Ada', content: 'what?' }).channelId;
});
afterAll(async () => {
  await playground[Symbol.asyncDispose]();
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const shown = (content: string): ShownPart[] => [{ name: '0', body: { content }, replyTo: 'question' }];

/** An ingress takes the run over, shows these texts one by one and ends, unless it dies after `commands` commands to Redis. */
async function own(runId: string, texts: string[], commands: number): Promise<{ died: boolean }> {
  using dying = dyingRedis(redis, commands);
  const store = createDeliveryStore(dying.redis);
  async function live(): Promise<{ died: boolean }> {
    const { turn, parts } = await store.take(runId);
    const target = { channel, messages: [] };
    const publisher = createPublisher({ api, store, runId, target, bot: playground.botId, turn, parts, signal: never });
    for (const text of texts) await bring(publisher, text, text === texts.at(-1));
    await store.finish(runId, turn, { last: publisher.unstored(), delivered: [] });
    return { died: false };
  }
  // A dead process does not go on: what it would try again is never sent.
  return await Promise.race([live(), dying.died.then(() => ({ died: true }))]);
}

async function bring(publisher: Publisher, text: string, isLast = false): Promise<void> {
  for (let next = publisher.next(shown(text)); next; next = publisher.next(shown(text))) {
    await publisher.apply(next, never, () => isLast && publisher.next(shown(text)) === undefined);
  }
}

function standing(runId: string): Promise<string[]> {
  return createDeliveryStore(redis)
    .read(runId)
    .then(({ parts }) => {
      const ids = [...parts.values()].map(({ message }) => message);
      return playground.controls.messages('general').flatMap(({ id, content }) => (ids.includes(id) ? [content] : []));
    });
}

test('the whole text stands in the end, wherever two owners before have died', async () => {
  let count = 0;
  for (let first = 0, firstDied = true; firstDied; first += 1) {
    for (let second = 0, secondDied = true; secondDied; second += 1) {
      const runId = `run-${(count += 1)}`;
      await redis.hset(keys.run(runId), 'status', 'ended');
      firstDied = (await own(runId, ['half', 'whole'], first)).died;
      // The second owner begins with what it knows first, which is less than what stands.
      secondDied = (await own(runId, ['ha', 'half'], second)).died;
      await own(runId, ['whole'], Infinity);
      expect(await standing(runId), `died after ${first} and ${second} commands`).toEqual(['whole']);
      expect((await createDeliveryStore(redis).read(runId)).done).toBe(true);
    }
  }
  expect(count).toBeGreaterThan(20);
});

test.each([-1, 0, 1])(
  'a part that was sent %i h ago by the clock of who sent it, and long ago by Discord’s, stands once',
  async (hours) => {
    const runId = `sent-${hours}`;
    const question = playground.controls.say({ channel: 'general', author: 'Ada', content: `how long? ${hours}` }).id;
    const store = createDeliveryStore(redis);
    const { turn } = await store.take(runId);
    const show = async () => {
      const { parts } = await store.read(runId);
      const target = { channel, message: question, messages: [question] };
      const rest = { api, store, runId, target, bot: playground.botId, turn, signal: never };
      await bring(createPublisher({ ...rest, parts }), 'whole');
    };
    await show();
    // Its ingress died before it could note what was sent; Discord has forgotten the nonce, and the channel is busy.
    await store.write(runId, turn, '0', { triedAt: Date.now() + hours * 3_600_000 });
    playground.controls.advanceClock(600_000);
    for (let count = 0; count < 120; count += 1) {
      playground.controls.say({ channel: 'general', author: 'Ada', content: `chatter ${count}` });
    }
    await show();
    const replies = playground.controls.messages('general').filter(({ replyTo }) => replyTo === question);
    expect(replies.map(({ content }) => content)).toEqual(['whole']);
  },
);
