import { DiscordAPIError, HTTPError } from 'discord.js';

/** Codes of Discord's answers that change what is done next (docs: Opcodes and Status Codes, JSON error codes). */
export const apiCode = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  missingAccess: 50_001,
  cannotDm: 50_007,
  missingPermissions: 50_013,
  invalidToken: 50_027,
  invalidBody: 50_035,
  alreadyAnswered: 40_060,
} as const;

/** A request that was not sent, because nobody wanted it any more when its turn came. */
export class DroppedError extends Error {}

/** What a failed request to Discord means for the caller. */
export type Failure =
  /** Trying again can help: 5xx, time-out, connection lost. Discord may have carried the request out all the same. */
  | 'unsure'
  /** It was never sent, because we dropped it. */
  | 'dropped'
  /** We may not write there. */
  | 'forbidden'
  /** The message, channel or interaction is gone. */
  | 'gone'
  /** Discord refuses the body. */
  | 'invalid'
  /** Anything else that trying again does not mend. */
  | 'refused';

const forbidden: ReadonlySet<unknown> = new Set([apiCode.missingAccess, apiCode.missingPermissions, apiCode.cannotDm]);
const gone: ReadonlySet<unknown> = new Set([
  apiCode.unknownChannel,
  apiCode.unknownMessage,
  apiCode.unknownWebhook,
  apiCode.unknownInteraction,
  apiCode.invalidToken,
]);

/** Sorts the errors that @discordjs/rest throws. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DroppedError) return 'dropped';
  if (error instanceof DiscordAPIError) {
    if (error.status >= 500) return 'unsure';
    if (forbidden.has(error.code)) return 'forbidden';
    if (gone.has(error.code) || error.status === 404) return 'gone';
    if (error.code === apiCode.invalidBody || error.status === 400) return 'invalid';
    return error.status === 403 ? 'forbidden' : 'refused';
  }
  if (error instanceof HTTPError) return error.status >= 500 ? 'unsure' : 'refused';
  // This is the AbortError of a time-out, or a socket error of undici: nobody knows whether the request arrived.
  return 'unsure';
}
