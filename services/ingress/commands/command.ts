import type { Client } from 'discord.js';
import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { DeliveryStore } from '../delivery/store.ts';
import type { Answer, Suggestion } from '../interactions/answer.ts';
import type { SpokenInteraction } from '../interactions/interaction.ts';
import type { Languages } from '../language/choose.ts';
import type { Words } from '../language/say.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import type { Listener } from '../messages/listen.ts';
import type { RequestContext } from '../request/build.ts';
import type { ModelState } from '../signs/model-state.ts';
import type { QueuePosition } from '../signs/queue-position.ts';

/** A command as Discord registers it; the keys are Discord's own (docs: Application Command Object). */
export interface CommandDefinition {
  name: string;
  /** 1 slash command, 3 context menu of a message. */
  type: 1 | 3;
  /** Empty for context menus. */
  description: string;
  options?: CommandOption[];
}

export interface CommandOption {
  /** 1 subcommand, 3 text, 4 whole number, 5 yes or no, 6 person, 7 channel, 11 file. */
  type: 1 | 3 | 4 | 5 | 6 | 7 | 11;
  name: string;
  description: string;
  required?: boolean;
  min_value?: number;
  max_value?: number;
  max_length?: number;
  /** `suggest` of the command offers values while a person types. */
  autocomplete?: boolean;
  choices?: { name: string; value: string }[];
  /** Options of a subcommand. */
  options?: CommandOption[];
}

export interface Command {
  definition: CommandDefinition;
  /** Everybody sees its answer. */
  public?: boolean;
  use(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer>;
  /** Suggests values for the option that a person is typing. */
  suggest?(interaction: SpokenInteraction, ingress: CommandContext): Promise<Suggestion[]>;
  /** Takes buttons, menus and forms of its answers, whose ids begin with the command's name and a colon. */
  press?(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer>;
}

/** What commands use of the ingress. */
export interface CommandContext extends RequestContext {
  client: Client;
  languages: Languages;
  /** Fails fast, as `runs` and `deliveries` do. */
  redis: Redis;
  runs: RunStore;
  deliveries: DeliveryStore;
  listener: Listener;
  index: MessageIndex;
  queue: QueuePosition;
  model: ModelState;
  policy: PolicySource;
  /** False while the bot lacks the message content intent. */
  application: { messageContent: boolean };
  missingToWrite(channel: string): Words | undefined;
  /** Milliseconds of the gateway's last heartbeat; negative before the first. */
  ping(): number;
}
