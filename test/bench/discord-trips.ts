import { setTimeout as sleep } from 'node:timers/promises';
import { startPlayground } from '#services/playground/start.ts';
import { countByConnection, perRun, type Commands } from './commands.ts';
import type { Backends } from './pipelines.ts';
import { startProcess } from './processes.ts';

const runs = 40;
const idleMs = 6_000;

/**
 * Redis commands for one question in Discord with one tool call, by connection: a real ingress beside the running
 * product.
 */
export async function discordCommands({ redisUrl, expected }: Backends): Promise<Commands> {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls, botId } = playground;
  await using _ = await startProcess(
    'services/ingress/main.ts',
    {
      REDIS_URL: redisUrl,
      DISCORD_TOKEN: playground.token,
      DISCORD_API_BASE: playground.url,
      METRICS_PORT: '0',
      METRICS_HOST: '127.0.0.1',
    },
    (line) => line['msg'] === 'ready',
  );
  async function ask(): Promise<void> {
    const channel = controls.addChannel({ name: 'bench' });
    controls.say({ channel, author: 'Ada', content: `<@${botId}> bench` });
    const stands = () =>
      controls.messages(channel).some(({ content, author }) => author.bot && content.includes(expected));
    await controls.until(stands, 30_000);
  }
  for (let index = 0; index < 5; index += 1) await ask();
  const idle = await countByConnection(redisUrl, () => sleep(idleMs));
  const started = performance.now();
  const busy = await countByConnection(redisUrl, async () => {
    for (let index = 0; index < runs; index += 1) await ask();
    // The commands right after a finished answer still belong to it.
    await sleep(500);
  });
  const share = (performance.now() - started) / idleMs;
  return perRun(busy, idle, { runs, share });
}
