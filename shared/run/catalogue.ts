import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';

const seenToolSchema = z.object({
  /** Its name in the catalogue. */
  name: z.string(),
  /** The entry of servers.json that serves it; `builtin` for the worker's own. */
  domain: z.string(),
  title: z.string(),
  description: z.string(),
  readOnly: z.boolean(),
  inputSchema: z.record(z.string(), z.unknown()),
});

const catalogueSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  tools: z.array(seenToolSchema),
  /** Domains that should be there and were away. */
  unreachable: z.array(z.string()),
  /** Prompts of servers, for people. */
  prompts: z
    .array(
      z.object({
        server: z.string(),
        name: z.string(),
        title: z.string(),
        description: z.string(),
        arguments: z.array(z.string()),
      }),
    )
    .default([]),
});
/** All tools, as a worker has last seen them. */
export type SeenCatalogue = z.infer<typeof catalogueSchema>;

/** Milliseconds after which a catalogue that no worker writes any more is forgotten. */
const keepMs = 24 * 3_600_000;

/** Writes down what tools there are, for doors: they reach no tool-runner. */
export async function publishCatalogue(redis: Redis, catalogue: SeenCatalogue): Promise<void> {
  await redis.set(keys.catalogue, JSON.stringify(catalogue), 'PX', keepMs);
}

/** Undefined while no worker has written one. */
export async function readCatalogue(redis: Redis): Promise<SeenCatalogue | undefined> {
  const text = await redis.get(keys.catalogue);
  return text === null ? undefined : catalogueSchema.safeParse(JSON.parse(text)).data;
}
