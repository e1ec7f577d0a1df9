import { Routes, type APIGatewayBotInfo } from 'discord.js';
import type { Redis } from 'ioredis';
import { createLogger } from '#shared/process/log.ts';
import { keys } from '#shared/redis/keys.ts';
import type { IngressConfig } from '../config.ts';
import { createRest } from '../discord/client.ts';
import type { SharedShards } from '../shards.ts';
import { shardTimes } from './hold-shards.ts';
import { whenAccepted } from './intents.ts';

const log = createLogger('shards');

/**
 * Tells how many shards there are that processes share: the configured number, or the one that Discord recommends. Of
 * that each process must think the same, while Discord's number grows with the bot: as long as any process has shards,
 * theirs counts. Throws an OperatorError when the token is wrong; rejects while Redis or Discord is away.
 */
export function shardCounter(
  redis: Redis,
  config: Pick<IngressConfig, 'DISCORD_API_BASE' | 'DISCORD_TOKEN'>,
  { count }: SharedShards,
): () => Promise<number> {
  if (count !== 'auto') return async () => count;
  const rest = createRest(config.DISCORD_API_BASE, config.DISCORD_TOKEN);
  let recommended: number | undefined;

  async function ask(): Promise<number> {
    const { shards } = await whenAccepted(() => rest.get(Routes.gatewayBot()) as Promise<APIGatewayBotInfo>);
    return shards;
  }

  /** Of several that ask at once, the first decides. */
  async function agreeOn(number: number): Promise<number> {
    await redis.set(keys.discordShardCount, number, 'PX', shardTimes.forMs, 'NX');
    return Number(await redis.get(keys.discordShardCount)) || number;
  }

  return async () => {
    const isFirst = recommended === undefined;
    recommended ??= await ask();
    const used = await agreeOn(recommended);
    if (isFirst && used !== recommended) {
      log.warn(
        { recommended, used },
        'Discord recommends another number of shards than is used: end all ingresses at once, then start them again',
      );
    }
    return used;
  };
}
