import { ApplicationFlagsBitField, Routes, type APIApplication } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { OperatorError, errorText } from '#shared/ground/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRest } from '../discord/client.ts';
import { failureOf } from '../discord/errors.ts';

const log = createLogger('startup');

export interface Application {
  id: string;
  messageContent: boolean;
}

const { GatewayMessageContent, GatewayMessageContentLimited } = ApplicationFlagsBitField.Flags;

/**
 * Asks Discord who the bot is and which privileged intents it has, because connecting with one that is off ends every
 * connection (4014). Waits while Discord is away; throws an OperatorError when the token is wrong.
 */
export async function readApplication(apiBase: string, token: string, signal?: AbortSignal): Promise<Application> {
  const rest = createRest(apiBase, token);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const application = (await whenAccepted(() => rest.get(Routes.currentApplication()))) as APIApplication;
      const set = (application.flags ?? 0) & (GatewayMessageContent | GatewayMessageContentLimited);
      if (set === 0) log.warn({}, messageContentMissing);
      return { id: application.id, messageContent: set !== 0 };
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      if (failureOf(error) !== 'unsure') throw error;
      const delay = Math.min(30_000, 1_000 * 2 ** attempt);
      log.warn({ retryInMs: delay, error: errorText(error) }, 'Discord is away; trying again');
      await sleep(delay, undefined, signal ? { signal } : {});
    }
  }
}

/** Asks Discord something as the bot. Throws an OperatorError when the token is wrong. */
export async function whenAccepted<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isUnauthorised(error)) throw new OperatorError('discord-token', wrongToken, { cause: error });
    throw error;
  }
}

function isUnauthorised(error: unknown): boolean {
  return (error as { status?: number }).status === 401;
}

const wrongToken =
  'DISCORD_TOKEN: Discord does not accept it. Make a new one in the developer portal, page Bot, and set it.';

/** Shown at start, and by /why. */
export const messageContentMissing =
  'the message content intent is off: the bot reads messages that mention it and direct messages only, not replies without a mention nor threads; switch it on in the developer portal, page Bot, section Privileged Gateway Intents, and start the bot again';
