import type { PlaygroundContext } from '../context.ts';
import { awaitsAnswer, ANSWER_WITHIN_MS } from '../state/interactions.ts';
import type { Interaction, Json } from '../state/types.ts';
import { findMessage } from '../state/world.ts';
import { shownMessage, type ShownMessage } from './shown.ts';
import { waitUntil } from './wait.ts';

/** How an interaction went, as the person who began it sees it. */
export interface InteractionOutcome {
  id: string;
  /** The callback's type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal. */
  answeredWith?: number;
  /** "The application did not respond": there was no answer within three seconds. */
  failed: boolean;
  /** What the answer shows so far. */
  message?: ShownMessage;
  modal?: Json;
  choices?: Json[];
}

export interface Interacted {
  /** The interaction's id. */
  id: string;
  /** Resolves with the first answer, or as failed after Discord's three seconds. Never rejects. */
  outcome(): Promise<InteractionOutcome>;
}

export function handleOf(context: PlaygroundContext, interaction: Interaction): Interacted {
  return { id: interaction.id, outcome: () => outcomeOf(context, interaction) };
}

/** Clients count three seconds. Half a second more lets an answer of the last moment arrive. */
const GRACE_MS = 500;

async function outcomeOf(context: PlaygroundContext, interaction: Interaction): Promise<InteractionOutcome> {
  const settled = () => interaction.answeredWith !== undefined || !awaitsAnswer(context.world, interaction);
  await waitUntil(context, settled, ANSWER_WITHIN_MS + GRACE_MS, () => '').catch(() => undefined);
  const { originalId, channelId, answeredWith, modal, choices } = interaction;
  const message = originalId === undefined ? undefined : findMessage(context.world, channelId, originalId);
  return {
    id: interaction.id,
    failed: answeredWith === undefined,
    ...(answeredWith !== undefined && { answeredWith }),
    ...(message && { message: shownMessage(context.world, message) }),
    ...(modal && { modal }),
    ...(choices && { choices }),
  };
}
