import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { flags, type DiscordApi } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
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
  /** Sent by direct message, once a day for each channel; logged when that is impossible. */
  cannotWrite(channel: string, person: string, why: string): Promise<void>;
}

export const helpText = [
  'Ask me anything: mention me, reply to one of my messages, write me a direct message, or use `/ask`.',
  'I answer with a language model and tools, and show which ones I use. **Stop** ends an answer, **Retry** asks again.',
  'Use `/new` to begin a new conversation, `/status` to see how I am and where your questions stand, `/stop` to end them, `/why` when I did not answer a message, `/help` for this text.',
].join('\n');

export function createTell(api: DiscordApi): Tell {
  const told = new Map<string, number>();

  function first(key: string, everyMs: number): boolean {
    const now = Date.now();
    if (now - (told.get(key) ?? -Infinity) < everyMs) return false;
    told.set(key, now);
    return true;
  }

  async function reply(
    { channel, id }: Pick<IncomingMessage, 'channel' | 'id'>,
    kind: string,
    content: string,
  ): Promise<string | undefined> {
    const body = { content, flags: flags.suppressEmbeds | flags.silent, reply: { message: id } };
    const sent = await attempt(() => api.send(channel, body, nonceOf(id, kind)), kind);
    return sent?.id;
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
      await attempt(() => api.send(channel, body, nonceOf(run, 'lost')), 'lost');
    },
    async tooMany(message, limit) {
      if (!first(`too-many ${message.author.id}`, 60_000)) return;
      const text = `You have ${limit} unanswered questions, which is all that I take from one person. Please ask again when some are answered, or end them with \`/stop\`.`;
      await reply(message, 'too-many', text);
    },
    async cannotWrite(channel, person, why) {
      if (!first(`cannot-write ${channel}`, 86_400_000)) return;
      log.error({ channel, why }, 'the bot may not write in a channel; grant it View Channel and Send Messages there');
      const content = `I cannot answer in <#${channel}>: I lack the permission to write there. Somebody who manages the server can give my role **View Channel** and **Send Messages** in that channel.`;
      await attempt(async () => {
        const dm = await api.openDm(person);
        await api.send(dm, { content, flags: flags.suppressEmbeds }, nonceOf(`${channel} ${person}`, 'cannot-write'));
      }, 'cannot-write');
    },
  };
}

/** Tries twice with the same nonce. A failure is logged, because there is nowhere else to report it. */
async function attempt<T>(act: () => Promise<T>, what: string): Promise<T | undefined> {
  for (const last of [false, true]) {
    try {
      return await act();
    } catch (error) {
      if (!last && failureOf(error) === 'unsure') continue;
      log.warn({ what, error: errorText(error) }, 'a short answer could not be sent');
      return undefined;
    }
  }
}
