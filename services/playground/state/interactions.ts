import { randomBytes } from 'node:crypto';
import { interactionJson } from '../json/interaction.ts';
import type { Interaction, NewInteraction } from './types.ts';
import type { World } from './world.ts';

/** How long a bot has for its first answer, and how long the interaction's token lives. */
export const ANSWER_WITHIN_MS = 3000;
export const TOKEN_LIFE_MS = 900_000;
const FORGET_AFTER_MS = 3_600_000;

export const InteractionType = { COMMAND: 2, COMPONENT: 3, AUTOCOMPLETE: 4, MODAL_SUBMIT: 5 } as const;

/** Makes an interaction and tells only its application. */
export function createInteraction(world: World, input: NewInteraction): Interaction {
  const interaction: Interaction = {
    ...input,
    id: world.newId(),
    token: randomBytes(48).toString('base64url'),
    createdAt: world.clock.now(),
    messageIds: new Set(),
    followUps: 0,
    ephemeral: false,
  };
  forgetOld(world);
  world.interactions.set(interaction.id, interaction);
  world.publish({
    t: 'INTERACTION_CREATE',
    only: [interaction.applicationId],
    channelId: interaction.channelId,
    ...(interaction.guildId !== undefined && { guildId: interaction.guildId }),
    d: interactionJson(world, interaction),
  });
  return interaction;
}

/** Forgets tokens that expired long ago. For an hour they stay known, so that they are refused as expired. */
function forgetOld(world: World): void {
  for (const [id, { createdAt }] of world.interactions) {
    if (world.clock.now() - createdAt < FORGET_AFTER_MS) return;
    world.interactions.delete(id);
  }
}

/** Notes the first answer, for those who wait for it. */
export function answerInteraction(world: World, interaction: Interaction, type: number): void {
  interaction.answeredWith = type;
  world.publish({ t: 'PLAYGROUND_ANSWERED', only: [interaction.userId], d: { id: interaction.id } });
}

export function tokenIsAlive(world: World, interaction: Interaction): boolean {
  return world.clock.now() - interaction.createdAt <= TOKEN_LIFE_MS;
}

/** Whether the first answer can still come. */
export function awaitsAnswer(world: World, interaction: Interaction): boolean {
  return world.clock.now() - interaction.createdAt <= ANSWER_WITHIN_MS;
}

export function interactionByToken(world: World, applicationId: string, token: string): Interaction | undefined {
  for (const interaction of world.interactions.values()) {
    if (interaction.token === token && interaction.applicationId === applicationId) return interaction;
  }
  return undefined;
}
