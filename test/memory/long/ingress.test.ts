import { describe, expect, test } from 'vitest';
import { startPlayground } from '#services/playground/start.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { playWorker, until } from '#test/discord/played-worker.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { signingKey, startLimited, why } from '../limited.ts';

const atOnce = 200;
const pieces = 20;
const piece = 'Ein langer Satz über 頁 und Ж. '.repeat(100);
const megabyte = 1_048_576;

interface File {
  filename: string;
  contentType: string;
  bytes: Buffer;
}

/** Within what Discord takes of one message. */
const texts = Array.from({ length: 10 }, (_, n) => ({
  filename: `notes-${n}.txt`,
  contentType: 'text/plain',
  bytes: Buffer.alloc(2 * megabyte, 'é'),
}));
const image = Buffer.alloc(2.9 * megabyte);
Buffer.from('89504e470d0a1a0a', 'hex').copy(image);
const images = Array.from({ length: 4 }, (_, n) => ({ filename: `${n}.png`, contentType: 'image/png', bytes: image }));

const works: [string, number, File[]][] = [
  ['long answers', atOnce, []],
  ['questions with ten text files of 2 MB', 50, texts],
  ['questions with four images of 2.9 MB', 50, images],
];

describe.skipIf(memoryCgroupMissing !== undefined)(`ingress in its container's memory${why}`, () => {
  test.each(works)('%s, %d at once', { timeout: 290_000 }, async (work, count, attachments) => {
    await using stack = new AsyncDisposableStack();
    const [server, playground] = await Promise.all([startTestRedis(), startPlayground({ rateLimits: false })]);
    stack.use(server);
    stack.use(playground);
    const redis = connectRedis(server.url, 'test');
    stack.defer(() => redis.disconnect());
    const queues = stack.use(createQueues(redis));
    const { controls } = playground;
    const ingress = stack.use(
      await startLimited('ingress', 'services/ingress/main.ts', {
        REDIS_URL: server.url,
        DRAGOMAN_SIGNING_KEY: signingKey,
        DISCORD_TOKEN: playground.token,
        DISCORD_API_BASE: playground.url,
        DISCORD_MAX_PENDING: '1000',
      }),
    );
    await until('commands are registered', () =>
      controls.requests().some(({ method, path }) => method === 'PUT' && path.endsWith('/commands')),
    );
    const asked = Array.from({ length: count }, (_, n) => {
      const channel = controls.addChannel({ name: `room-${n}` });
      const content = `<@${playground.botId}> What is in there?`;
      return { channel, ...controls.say({ channel, author: 'Ada', content, attachments }) };
    });
    const ends = await Promise.allSettled(
      asked.map(async ({ id, channel }) => {
        const run = await playWorker(redis, queues, discordRunId(id), 240_000);
        let text = '';
        for (let n = 0; n < pieces; n += 1) {
          text += piece;
          await run.write(piece);
        }
        await run.answered(text);
        await run.end(text);
        const last = text.trim().slice(-30);
        await until(
          `the answer to ${id} is shown`,
          () => controls.messages(channel).some((shown) => shown.content.includes(last)),
          240_000,
        );
      }),
    );
    await ingress.requireAlive(`${count} ${work} at once`);
    expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([]);
  });
});
