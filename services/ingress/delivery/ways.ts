import { setTimeout as sleep } from 'node:timers/promises';
import type { APIMessage } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { DiscordTarget } from '#shared/run/request.ts';
import { original, type DiscordApi, type MessageBody, type RequestOptions } from '../discord/api.ts';
import { codeOf, failureOf, refusalOf } from '../discord/errors.ts';
import type { Refusal } from '../discord/refusals.ts';
import { speak } from '../language/say.ts';
import { findPosted } from './find-posted.ts';
import { nonceOf } from './nonce.ts';
import type { ShownPart } from './shown-part.ts';
import { sendOnce } from './send-once.ts';
import type { StoredPart } from './store.ts';

const log = createLogger('delivery');

/** Discord's code for a token that opens nothing (docs: JSON Error Codes). */
const unknownWebhook = 10_015;

/** An interaction's token lives 15 minutes; the last half minute is not relied on. */
export const interactionLifeMs = 14.5 * 60_000;

/**
 * Milliseconds for which Discord takes the first answer to a command, and a little more. Until then a token that Discord
 * does not know may be one whose "… is thinking" is still on its way, be it from another process.
 */
const unansweredMs = 3_500;
const lookMs = 200;

/** Discord refuses a message for good. What comes next is `refusal.next`; nothing was written. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal, cause: unknown) {
    super(refusal.words(speak('en')), { cause });
    this.refusal = refusal;
  }
}

/** A message as it now stands. */
export interface Written {
  message: APIMessage;
  hook: boolean;
}

/** The ways in which the messages of one run reach the place where it was asked. */
export interface Ways {
  /**
   * Posts a part, as the token of a command allows, or in the channel. `tried`: somebody has tried it before. Rejects
   * with RefusedError, or when the outcome stayed unknown.
   */
  create(part: ShownPart, tried: boolean): Promise<Written>;
  /** Writes a part anew. Rejects with RefusedError, or when nobody knows whether it was done. */
  edit(stored: StoredPart & { message: string }, part: ShownPart, options: RequestOptions): Promise<void>;
}

export interface WaysInput {
  api: DiscordApi;
  runId: string;
  target: DiscordTarget;
  bot: string;
  parts: ReadonlyMap<string, StoredPart>;
  /** Whether the channel's history may be read, without which Discord refuses replies. */
  mayReply: boolean;
  tokenLifeMs: number;
  /** The answer comes elsewhere than it was asked for. Discord would take an equal nonce for the message that was left. */
  moved: boolean;
  /** Rejects when we may no longer write. */
  check: () => Promise<void>;
  signal: AbortSignal;
}

export function createWays(input: WaysInput): Ways {
  const { api, runId, target, check } = input;
  const { interaction } = target;
  let over: Refusal | undefined = interaction ? undefined : tokenOver;
  let mayReply = input.mayReply;
  let opened = false;

  function token() {
    return over === undefined && interaction && Date.now() - interaction.at < input.tokenLifeMs
      ? interaction
      : undefined;
  }

  /** Does what the token allows; undefined when it is over and the channel is another way. */
  async function byToken<T>(
    act: (hook: NonNullable<DiscordTarget['interaction']>) => Promise<T>,
  ): Promise<T | undefined> {
    const hook = token();
    if (!hook) return undefined;
    try {
      await check();
      return await act(hook);
    } catch (error) {
      if (isOpen(error)) throw error;
      const refusal = refusalOf(error);
      if (!['channel', 'elsewhere', 'nowhere'].includes(refusal.next)) throw new RefusedError(refusal, error);
      log.info({ run: runId, error: errorText(error) }, 'a command can no longer be answered by its token');
      over = refusal;
      return undefined;
    }
  }

  async function create(part: ShownPart, tried: boolean): Promise<Written> {
    const first = part.name === '0';
    if (first || interaction?.only === true) {
      const message = await byToken((hook) =>
        first ? editOriginal(hook, part.body) : api.hook.post(hook, part.body),
      ).catch((error: unknown) => {
        // Somebody has deleted "… is thinking": the answer comes all the same.
        if (error instanceof RefusedError && error.refusal.next === 'leave') return undefined;
        throw error;
      });
      if (message) return { message, hook: true };
      if (first) await forgetThinking();
    }
    if (interaction?.only === true) throw placeRefused();
    return { message: await remedied(part, () => post(part, tried)), hook: false };
  }

  /** Writes into "… is thinking", as soon as that stands. */
  async function editOriginal(hook: NonNullable<DiscordTarget['interaction']>, body: MessageBody): Promise<APIMessage> {
    const since = performance.now();
    for (;;) {
      try {
        return await api.hook.edit(hook, original, body);
      } catch (error) {
        const mayCome = Math.max(performance.now() - since, Date.now() - hook.at) < unansweredMs;
        if (codeOf(error) !== unknownWebhook || !mayCome) throw error;
        await sleep(lookMs, undefined, { signal: input.signal });
        await check();
      }
    }
  }

  function placeRefused(): RefusedError {
    return new RefusedError({ words: (over ?? tokenOver).words, next: 'elsewhere' }, undefined);
  }

  /** Removes "… is thinking", which would stay for ever. */
  async function forgetThinking(): Promise<void> {
    if (!interaction || Date.now() - interaction.at > input.tokenLifeMs) return;
    await api.hook.remove(interaction, original).catch((error: unknown) => {
      log.info({ run: runId, error: errorText(error) }, 'a deferred answer could not be removed');
    });
  }

  /** Opens an archived thread once, when that is what keeps a message away. */
  async function remedied<T>(part: ShownPart, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (isOpen(error)) throw error;
      const refusal = refusalOf(error);
      if (refusal.next !== 'open' || opened) throw refused(part, refusal, error);
      opened = true;
      await api.openThread(target.channel).catch((failed: unknown) => {
        if (isOpen(failed)) throw failed;
        throw new RefusedError({ ...refusal, next: 'elsewhere' }, failed);
      });
      return remedied(part, act);
    }
  }

  function refused(part: ShownPart, refusal: Refusal, error: unknown): RefusedError {
    log.warn({ run: runId, part: part.name, next: refusal.next, error: errorText(error) }, 'Discord refuses a message');
    return new RefusedError(refusal, error);
  }

  async function post(part: ShownPart, tried: boolean): Promise<APIMessage> {
    const repliesTo = mayReply ? replyTarget(part) : undefined;
    const body: MessageBody = repliesTo === undefined ? part.body : { ...part.body, reply: { message: repliesTo } };
    const find = () =>
      findPosted(api, {
        channel: target.channel,
        bot: input.bot,
        runId,
        name: part.name,
        repliesTo,
        known: new Set([...input.parts.values()].flatMap(({ message }) => message ?? [])),
        after: repliesTo ?? target.message ?? interaction?.id ?? target.after ?? '0',
      });
    const message = {
      channel: target.channel,
      nonce: nonceOf(runId, input.moved ? `${part.name} moved` : part.name),
      triedBefore: tried,
      find,
      check,
    };
    try {
      return await sendOnce(api, { ...message, body }, input.signal);
    } catch (error) {
      const { next } = refusalOf(error);
      if (isOpen(error) || repliesTo === undefined || (next !== 'reference' && next !== 'leave')) throw error;
      mayReply = false;
      return post(part, tried);
    }
  }

  function replyTarget(part: ShownPart): string | undefined {
    if (part.replyTo === 'question') return target.message;
    return input.parts.get(String(Number(part.name) - 1))?.message ?? target.message;
  }

  return {
    create,
    async edit(stored, part, options) {
      if (stored.hook === true && (await byToken((hook) => api.hook.edit(hook, stored.message, part.body)))) return;
      if (stored.hook === true && interaction?.only === true) throw placeRefused();
      const channel = stored.channel ?? target.channel;
      await remedied(part, () => api.edit(channel, stored.message, part.body, { ...options, check }));
    },
  };
}

/** Discord takes no more of an answer where the bot is used as a person's own app, or cannot see the channel. */
export const tokenOver: Refusal = {
  next: 'elsewhere',
  words: (say) => say('refused.after-command'),
};

/** Whether the request to Discord is still to be done, by us or by another process. */
export function isOpen(error: unknown): boolean {
  if (error instanceof RefusedError) return false;
  return ['unsure', 'dropped'].includes(failureOf(error)) || refusalOf(error).next === 'again';
}
