import type { RunFollower } from '#shared/run/follower.ts';
import type { RunRequest } from '#shared/run/request.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { IngressConfig } from '../config.ts';
import type { DiscordApi } from '../discord/api.ts';
import type { Display } from '../display.ts';
import type { Languages } from '../language/choose.ts';
import type { Words } from '../language/say.ts';
import type { ModelState } from '../signs/model-state.ts';
import type { QueuePosition } from '../signs/queue-position.ts';
import type { Reactions } from '../signs/reactions.ts';
import type { Typing } from '../signs/typing.ts';
import type { ChannelPace } from './channel-pace.ts';
import type { Leftovers } from './leftovers.ts';
import type { DeliveryStore } from './store.ts';

/** What showing runs uses of the ingress; all runs share it. */
export interface DeliveryContext {
  languages: Languages;
  config: IngressConfig;
  /** These wait while Redis is away. */
  patient: { runs: RunStore; deliveries: DeliveryStore };
  follower: RunFollower;
  api: DiscordApi;
  pace: ChannelPace;
  typing: Typing;
  reactions: Reactions;
  queue: QueuePosition;
  model: ModelState;
  /** Milliseconds without anything to show after which a line says what the run is waiting for. */
  placeholderMs: number;
  /** Milliseconds for which the token of a command is relied on. */
  tokenLifeMs: number;
  /** The bot's own user id. */
  bot(): string;
  /** How runs look in a channel. */
  display(channel: string): Display;
  /** Whether files may be sent in a channel, as far as is known. */
  mayAttach(channel: string): boolean;
  mayEmbed(channel: string): boolean;
  /** Whether replies may be sent there. */
  mayReply(channel: string): boolean;
  /** Why the bot cannot write in the channel, in words for people; undefined when it can, or when that is not known. */
  missingToWrite(channel: string): Words | undefined;
  leftovers: Leftovers;
  /** Notes that the person knows by now that the bot cannot write in that channel. */
  tell: { knowsCannotWrite(channel: string, person: string): void };
  /** What the person is told beneath the answer of a run that has ended. */
  toldAtEnd(request: RunRequest): Promise<Words[]>;
  /** Tells the person that a failover of Redis has lost the question. */
  lost(request: RunRequest): Promise<void>;
}
