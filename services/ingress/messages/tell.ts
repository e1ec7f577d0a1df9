import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { flags, type DiscordApi } from '../discord/api.ts';
import { failureOf, refusalOf } from '../discord/errors.ts';
import { nonceOf } from '../delivery/nonce.ts';
import type { IncomingMessage } from '../discord/incoming.ts';

const log = createLogger('tell');

/** Short answers of the door itself, to questions that do not become runs. They never throw. */
export interface Tell {
  help(message: IncomingMessage): Promise<void>;
  /** Resolves to the id of the message that says so, if it was sent. */
  queueAway(message: IncomingMessage): Promise<string | undefined>;
  /** Says, where the question was asked, that a taken question was lost. */
  lost(run: string, channel: string, message: string | undefined): Promise<void>;
  /** Sent once a minute, because a flood is not answered with a flood. */
  tooMany(message: IncomingMessage, limit: number): Promise<void>;
  /** Sent by direct message, once a day for each person and channel; logged when that is impossible. */
  cannotWrite(channel: string, person: string, why: string): Promise<void>;
  /** Notes that the person knows by now that the bot cannot write in that channel. */
  knowsCannotWrite(channel: string, person: string): void;
}

export const helpText = [
  'Ask me anything: mention me, reply to one of my messages, write me a direct message, or use `/ask`.',
  'I answer with a language model and tools, and show which ones I use. **Stop** ends an answer, **Retry** asks again.',
  'Use `/new` to begin a new conversation, `/status` to see how I am and where your questions stand, `/stop` to end them, `/retry` to ask your last one again, `/tools` for what I can do for you, `/whoami` for what you may do, `/approve` for what waits for your yes, `/usage` for what you used, `/memory` for what I was asked to remember, `/why` when I did not answer a message, `/help` for this text.',
].join('\n');

export function createTell(api: DiscordApi): Tell {
  const told = new Map<string, number>();

  function first(key: string, everyMs: number): boolean {
    const now = Date.now();
    if (now - (told.get(key) ?? -Infinity) < everyMs) return false;
    told.set(key, now);
    return true;
  }

  /** Says it where the question stands; where Discord does not take it, by direct message. */
  async function reply(
    { channel, id, author }: Pick<IncomingMessage, 'channel' | 'id'> & { author?: { id: string } },
    kind: string,
    content: string,
  ): Promise<string | undefined> {
    const body = { content, flags: flags.suppressEmbeds | flags.silent };
    const nonce = nonceOf(id, kind);
    try {
      const replied = () => api.send(channel, { ...body, reply: { message: id } }, nonce);
      const sent = await twice(replied).catch((error: unknown) => {
        const { next } = refusalOf(error);
        if (next !== 'reference' && next !== 'leave') throw error;
        return twice(() => api.send(channel, body, nonce));
      });
      return sent.id;
    } catch (error) {
      const { next, words } = refusalOf(error);
      log.warn({ what: kind, next, error: errorText(error) }, 'a short answer could not be sent');
      if (author === undefined || next === 'again' || next === 'nowhere') return undefined;
      const why = `↪️ I could not answer in <#${channel}>: ${words}\n${content}`;
      await direct(author.id, why.slice(0, 2_000), nonce, kind);
      return undefined;
    }
  }

  /** A failure is logged, because there is nowhere else to report it. */
  async function direct(person: string, content: string, nonce: string, kind: string): Promise<void> {
    try {
      const channel = await api.openDm(person);
      await twice(() => api.send(channel, { content, flags: flags.suppressEmbeds }, nonce));
    } catch (error) {
      log.warn({ what: kind, error: errorText(error) }, 'a short answer could not be sent by direct message');
    }
  }

  return {
    async help(message) {
      await reply(message, 'help', helpText);
    },
    async queueAway(message) {
      const text =
        '⚠️ I could not take this question: my queue is not reachable at the moment. Please ask again in a minute.';
      return reply(message, 'queue-away', text);
    },
    async lost(run, channel, message) {
      const text =
        '⚠️ I have lost this question: my queue went over to a copy of itself that had not got it yet. Please ask again; what tools have done for it stays done.';
      if (message !== undefined) return void (await reply({ channel, id: message }, 'lost', text));
      const body = { content: text, flags: flags.suppressEmbeds | flags.silent };
      await twice(() => api.send(channel, body, nonceOf(run, 'lost'))).catch((error: unknown) => {
        log.warn({ what: 'lost', error: errorText(error) }, 'a short answer could not be sent');
      });
    },
    async tooMany(message, limit) {
      if (!first(`too-many ${message.author.id}`, 60_000)) return;
      const text = `You have ${limit} unanswered questions, which is all that I take from one person. Please ask again when some are answered, or end them with \`/stop\`.`;
      await reply(message, 'too-many', text);
    },
    async cannotWrite(channel, person, why) {
      if (!first(cannotWriteKey(channel, person), dayMs)) return;
      log.error({ channel, why }, 'the bot may not write in a channel where it was asked');
      const text = `I cannot answer in <#${channel}>: ${why}`;
      await direct(person, text, nonceOf(`${channel} ${person}`, 'cannot-write'), 'cannot-write');
    },
    knowsCannotWrite: (channel, person) => void first(cannotWriteKey(channel, person), dayMs),
  };
}

const dayMs = 86_400_000;

function cannotWriteKey(channel: string, person: string): string {
  return `cannot-write ${channel} ${person}`;
}

/** Tries twice with the same nonce. */
async function twice<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (failureOf(error) !== 'unsure') throw error;
    return act();
  }
}
