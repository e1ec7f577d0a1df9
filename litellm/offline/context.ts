import type { ServiceContext } from '#shared/process/service.ts';
import type { OfflineModelConfig } from './config.ts';
import { startOfflineModel } from './start.ts';

/** The offline model as a process: its server, which depends on nothing else. */
export async function createContext(config: OfflineModelConfig): Promise<ServiceContext> {
  const model = await startOfflineModel({
    host: config.HOST,
    port: config.PORT,
    delayMs: config.OFFLINE_MODEL_DELAY_MS,
  });
  return { checks: {}, addresses: { api: model.url }, [Symbol.asyncDispose]: () => model[Symbol.asyncDispose]() };
}
