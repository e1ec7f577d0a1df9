import type { Json } from './types.ts';
import type { World } from './world.ts';

/** A bot has so long for its first answer, and its token lives so long. */
export const ANSWER_WITHIN_MS = 3000;
export const TOKEN_LIFE_MS = 900_000;

export interface Interaction {
  id: string;
  token: string;
  applicationId: string;
  /** 2 command, 3 component, 4 autocomplete, 5 modal submit. */
  type: number;
  userId: string;
  channelId: string;
  guildId?: string;
  createdAt: number;
  data: Json;
  /** The message whose component was used. */
  messageId?: string;
  /** The callback's type, once there was one. */
  answeredWith?: number;
  /** What @original is. */
  originalId?: string;
  /** Ephemeral was chosen when it was deferred. */
  ephemeral: boolean;
  modal?: Json;
  choices?: Json[];
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
