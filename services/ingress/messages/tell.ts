import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import { flags, type DiscordApi } from '../discord/api.ts';
import { failureOf, refusalOf } from '../discord/errors.ts';
import { nonceOf } from '../delivery/nonce.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import type { Languages } from '../language/choose.ts';
import { commandName } from '../language/commands.ts';
import { speak, type Say, type Words } from '../language/say.ts';

const log = createLogger('tell');

/** Short answers of the door itself, to questions that do not become runs. They never throw. */
export interface Tell {
  help(message: IncomingMessage): Promise<void>;
  /** Resolves to the id of the message that says so, if it was sent. */
  queueAway(message: IncomingMessage): Promise<string | undefined>;
  /** Says, where the question was asked, that a taken question was lost. */
  lost(run: string, place: Place, message: string | undefined): Promise<void>;
  /** Sent once a minute, because a flood is not answered with a flood. */
  tooMany(message: IncomingMessage, limit: number): Promise<void>;
  /** Why somebody's questions are not answered now; sent once a minute. */
  unpaid(message: IncomingMessage, why: Words): Promise<void>;
  /** Sent by direct message, once a day for each person and channel; logged when that is impossible. */
  cannotWrite(channel: string, person: string, why: Words): Promise<void>;
  /** Notes that the person knows by now that the bot cannot write in that channel. */
  knowsCannotWrite(channel: string, person: string): void;
}

/** How to ask, in one language. */
export function helpText(say: Say): string {
  return [say('help.ways'), say('help.tools'), say('help.commands'), moreHelp(say)].join('\n');
}

/** What the text before has no room to explain. */
// oxfmt-ignore
const furtherCommands = [
  'reset',
  'undo',
  'context',
  'forget',
  'retry',
  'approve',
  'whoami',
  'usage',
  'prompt',
  'viewprompt',
  'setprompt',
  'resetprompt',
  'persona',
  'model',
  'setup',
  'busy',
];

function moreHelp(say: Say): string {
  const names = furtherCommands.map((name) => `\`/${commandName(name, say.language)}\``);
  return say('help.more', { names: names.join(', ') });
}

/** Where something is said, and to whom. */
interface Place {
  channel: string;
  guild?: string | undefined;
  author?: { id: string } | undefined;
}

export function createTell(api: DiscordApi, languages: Languages): Tell {
  const sayIn = ({ channel, guild, author }: Place) => languages.inPlace({ channel, guild, person: author?.id });

  const told = new Map<string, number>();

  function first(key: string, everyMs: number): boolean {
    const now = Date.now();
    if (now - (told.get(key) ?? -Infinity) < everyMs) return false;
    told.set(key, now);
    return true;
  }

  /** Says it where the question stands; where Discord does not take it, by direct message. */
  async function reply(
    { id, ...place }: Place & { id: string },
    kind: string,
    content: string,
  ): Promise<string | undefined> {
    const { channel, author } = place;
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
      const say = await languages.inPlace({ channel, person: author.id });
      const why = say('door.cannot-answer', { channel: `<#${channel}>`, why: words(say) });
      await direct(author.id, `${why}\n${content}`.slice(0, 2_000), nonce, kind);
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
      await reply(placed(message), 'help', helpText(await sayIn(message)));
    },
    async queueAway(message) {
      return reply(placed(message), 'queue-away', (await sayIn(message))('door.queue-away'));
    },
    async lost(run, place, message) {
      const text = (await sayIn(place))('door.lost');
      const { channel } = place;
      if (message !== undefined) return void (await reply({ channel, id: message }, 'lost', text));
      const body = { content: text, flags: flags.suppressEmbeds | flags.silent };
      await twice(() => api.send(channel, body, nonceOf(run, 'lost'))).catch((error: unknown) => {
        log.warn({ what: 'lost', error: errorText(error) }, 'a short answer could not be sent');
      });
    },
    async tooMany(message, limit) {
      if (!first(`too-many ${message.author.id}`, 60_000)) return;
      await reply(placed(message), 'too-many', (await sayIn(message))('door.too-many', { count: limit }));
    },
    async unpaid(message, why) {
      if (!first(`unpaid ${message.author.id}`, 60_000)) return;
      await reply(placed(message), 'unpaid', why(await sayIn(message)));
    },
    async cannotWrite(channel, person, why) {
      if (!first(cannotWriteKey(channel, person), dayMs)) return;
      log.error({ channel, why: why(speak('en')) }, 'the bot may not write in a channel where it was asked');
      const say = await languages.inPlace({ channel, person });
      const text = say('door.cannot-write', { channel: `<#${channel}>`, why: why(say) });
      await direct(person, text, nonceOf(`${channel} ${person}`, 'cannot-write'), 'cannot-write');
    },
    knowsCannotWrite: (channel, person) => void first(cannotWriteKey(channel, person), dayMs),
  };
}

function placed({ id, channel, guild, author }: IncomingMessage): Place & { id: string } {
  return { id, channel, guild, author };
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
