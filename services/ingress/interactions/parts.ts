import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { Queues } from '#shared/queue/queues.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { IngressConfig } from '../config.ts';
import type { DeliveryStore } from '../delivery/store.ts';
import type { DiscordApi } from '../discord/api.ts';
import type { DoorParts } from '../messages/door.ts';
import type { IncomingMessage } from '../messages/incoming.ts';
import type { Listener } from '../messages/listen.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import type { ModelState } from '../signs/model-state.ts';
import type { QueuePosition } from '../signs/queue-position.ts';

/** What commands and buttons work with. */
export interface InteractionParts {
  config: IngressConfig;
  /** Fails fast. */
  redis: Redis;
  queues: Queues;
  /** Fails fast as well. */
  runs: RunStore;
  api: DiscordApi;
  store: DeliveryStore;
  door: DoorParts;
  listener: Listener;
  index: MessageIndex;
  policy: PolicySource;
  bot(): string;
  /** False while the bot lacks the message content intent. */
  readsContent(): boolean;
  /** Messages as they stand now; those that are gone are left out. */
  fetchMessages(channel: string, ids: string[]): Promise<IncomingMessage[]>;
  /** The latest message of a person in a channel, among the last fifty. */
  latestMessage(channel: string, author: string): Promise<IncomingMessage | undefined>;
  /** The roles of a person at this moment; none when they are no member any more. */
  fetchRoles(guild: string | undefined, user: string): Promise<IncomingMessage['roles']>;
  missingToWrite(channel: string): string | undefined;
  queue: QueuePosition;
  model: ModelState;
  /** Milliseconds of the gateway's last heartbeat; negative before the first. */
  ping(): number;
}
