import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';

const knownSchema = z.object({
  /** The model that answers when nothing else is said. */
  default: z.string(),
  names: z.array(z.string()),
});
/** The gateway's models, as a worker has last seen them. */
export type KnownModels = z.infer<typeof knownSchema>;

/** Milliseconds after which a list that no worker writes any more is forgotten. */
const keepMs = 24 * 3_600_000;

/** Writes down which models there are, for doors that do not reach the gateway. */
export async function publishModels(redis: Redis, models: KnownModels): Promise<void> {
  await redis.set(keys.models, JSON.stringify(models), 'PX', keepMs);
}

/** Undefined while no worker has written a list. */
export async function readModels(redis: Redis): Promise<KnownModels | undefined> {
  const text = await redis.get(keys.models);
  return text === null ? undefined : knownSchema.safeParse(JSON.parse(text)).data;
}
