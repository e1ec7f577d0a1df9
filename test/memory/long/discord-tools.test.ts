import { describe, expect, test } from 'vitest';
import { startPlayground } from '#services/playground/start.ts';
import type { Caller } from '#shared/run/request.ts';
import { until } from '#test/discord/played-worker.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { freePort } from '#test/lib/ports.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { endsOf, others } from '../ends.ts';
import { signingKey, startLimited, why } from '../limited.ts';

const atOnce = 64;
const channels = 40;
const messagesEach = 250;
/** As long as Discord has it. */
const content = 'Ж頁 über '.repeat(300).slice(0, 1_990);

describe.skipIf(memoryCgroupMissing !== undefined)(
  `ingress with the Discord tools in its container's memory${why}`,
  () => {
    test(`${atOnce} searches of ${channels * messagesEach} long messages at once`, { timeout: 290_000 }, async () => {
      await using stack = new AsyncDisposableStack();
      const [server, playground] = await Promise.all([startTestRedis(), startPlayground({ rateLimits: false })]);
      stack.use(server);
      stack.use(playground);
      const { controls } = playground;
      for (let n = 0; n < channels; n += 1) {
        const channel = controls.addChannel({ name: `room-${n}` });
        for (let m = 0; m < messagesEach; m += 1) controls.say({ channel, author: 'Ada', content: `${m} ${content}` });
      }
      const port = String(await freePort());
      const ingress = stack.use(
        await startLimited('ingress', 'services/ingress/main.ts', {
          REDIS_URL: server.url,
          DRAGOMAN_SIGNING_KEY: signingKey,
          DISCORD_TOKEN: playground.token,
          DISCORD_API_BASE: playground.url,
          DISCORD_TOOLS_PORT: port,
          // What an operator may set at most.
          DISCORD_SEARCH_MAX_MESSAGES: '10000',
          DISCORD_READ_MAX_CHARS: '200000',
        }),
      );
      await until('commands are registered', () =>
        controls.requests().some(({ method, path }) => method === 'PUT' && path.endsWith('/commands')),
      );
      const caller: Caller = {
        kind: 'discord',
        id: playground.people.Ada,
        name: 'Ada',
        discordRoles: [playground.roles.operator],
        guild: playground.guildId,
        channel: playground.channels.general,
      };
      const address = { url: `http://127.0.0.1:${port}/mcp`, server: 'discord', signingKey };
      const client = await newestClient(address, { caller });
      stack.defer(() => client.close());
      const search = (n: number) =>
        client.callTool(
          { name: 'discord_search_messages', arguments: { query: `${n} über`, limit: 50 } },
          { timeout: 270_000 },
        );
      const ends = await endsOf(Array.from({ length: atOnce }, (_, n) => search(n)));
      await ingress.requireAlive(`${atOnce} searches of ${channels * messagesEach} messages of 2,000 characters`);
      expect(others(ends, /found, newest first/)).toEqual([]);
    });
  },
);
