import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { runService, type ServiceContext } from '#shared/process/service.ts';
import { playgroundConfig, type PlaygroundConfig } from './config.ts';
import { startPlayground } from './start.ts';

const log = createLogger('playground');

async function createService(config: PlaygroundConfig): Promise<ServiceContext> {
  const playground = await startPlayground({
    host: config.PLAYGROUND_HOST,
    port: config.PLAYGROUND_PORT,
    rateLimits: config.PLAYGROUND_RATE_LIMITS,
    heartbeatIntervalMs: config.PLAYGROUND_HEARTBEAT_MS,
    onFault: (error) => log.error({ error: errorText(error) }, 'fault in the playground'),
    ...(config.PLAYGROUND_URL !== undefined && { url: config.PLAYGROUND_URL }),
    ...(config.PLAYGROUND_TOKEN !== undefined && { token: config.PLAYGROUND_TOKEN }),
    ...(config.PLAYGROUND_DATA !== undefined && { dataFolder: config.PLAYGROUND_DATA }),
    ...(config.PLAYGROUND_WITNESS_FILE !== undefined && { witnessFile: config.PLAYGROUND_WITNESS_FILE }),
  });
  return {
    // It has no dependency that could be missing.
    checks: {},
    addresses: { page: playground.pageUrl, discordApiBase: playground.url },
    [Symbol.asyncDispose]: () => playground[Symbol.asyncDispose](),
  };
}

await runService({ name: 'playground', config: playgroundConfig, createContext: createService });
