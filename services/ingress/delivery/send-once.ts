import { setTimeout as sleep } from 'node:timers/promises';
import type { APIMessage } from 'discord.js';
import { UpstreamError, errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { DiscordApi, MessageBody } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';

const log = createLogger('delivery');

/**
 * Discord remembers a nonce for "the past few minutes". After that a repeated send could post a second copy, so the
 * channel is searched first. This is well below any reading of "few".
 */
export const nonceTrustMs = 90_000;

const retryDelaysMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

export interface SendOnce {
  channel: string;
  body: MessageBody;
  nonce: string;
  /** Whether anybody has tried it before. Nobody knows how long ago, since clocks differ. */
  triedBefore: boolean;
  /** Finds the message, if an earlier try has posted it. */
  find: () => Promise<APIMessage | undefined>;
  /** Rejects when we may no longer post it. */
  check: () => Promise<void>;
}

/**
 * Posts one message exactly once: every try carries the same nonce, and a late try searches before it posts. Rejects
 * with Discord's refusal, or with an UpstreamError when the outcome stayed unknown; calling again is safe.
 */
export async function sendOnce(api: DiscordApi, message: SendOnce, signal: AbortSignal): Promise<APIMessage> {
  const begun = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    if ((attempt === 0 && message.triedBefore) || performance.now() - begun > nonceTrustMs) {
      const found = await message.find();
      if (found) return found;
    }
    try {
      return await api.send(message.channel, message.body, message.nonce, message.check);
    } catch (error) {
      if (failureOf(error) !== 'unsure') throw error;
      const delay = retryDelaysMs[attempt];
      if (delay === undefined || signal.aborted) {
        throw new UpstreamError('discord', 'Discord did not confirm a message.', { cause: error });
      }
      log.warn({ attempt: attempt + 1, error: errorText(error) }, 'Discord did not confirm a message; trying again');
      await sleep(delay * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }
}
