import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { gatewayModels, type GatewayPlace } from '#shared/process/gateway-models.ts';
import { createLogger } from '#shared/process/log.ts';
import { publishModels } from '#shared/run/known-models.ts';

const log = createLogger('models');

/** Shows doors the gateway's models. Where it has no list, or is away, the last one stays. */
export async function showModels(redis: Redis, gateway: GatewayPlace & { MODEL_NAME: string }): Promise<void> {
  try {
    const names = await gatewayModels(gateway);
    await publishModels(redis, { default: gateway.MODEL_NAME, names: [...new Set([gateway.MODEL_NAME, ...names])] });
  } catch (error) {
    log.debug({ error: errorText(error) }, 'the gateway’s list of models cannot be shown to doors');
  }
}
