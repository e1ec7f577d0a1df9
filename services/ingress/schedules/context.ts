import type { Client } from 'discord.js';
import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { IngressConfig } from '../config.ts';
import type { DeliveryStore } from '../delivery/store.ts';
import type { DiscordApi } from '../discord/api.ts';
import type { Reads } from '../discord/reads.ts';
import type { Words } from '../language/say.ts';
import type { Languages } from '../language/choose.ts';

/** What scheduled questions use of the ingress. */
export interface ScheduleContext {
  config: IngressConfig;
  client: Client;
  api: DiscordApi;
  reads: Reads;
  /** Fails fast, as `runs` and `deliveries` do: an occurrence stays due until it could be stored. */
  redis: Redis;
  runs: RunStore;
  deliveries: DeliveryStore;
  policy: PolicySource;
  languages: Languages;
  /** Why the bot cannot write in the channel; undefined when it can, or when that is not known. */
  missingToWrite(this: void, channel: string): Words | undefined;
}
