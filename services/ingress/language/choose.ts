import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'discord.js';
import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { readSettings } from '#shared/settings/read-settings.ts';
import type { Language } from '#shared/ground/vocabulary.ts';
import { languageOfLocale } from './languages.ts';
import { speak, type Say } from './say.ts';

const log = createLogger('language');

/** Chooses the language of the bot's own words. Never rejects: without Redis, what Discord tells decides. */
export interface Languages {
  /** For words that one person alone sees: as they set it, else as their Discord is set. */
  toPerson(person: Asking): Promise<Say>;
  /**
   * For words that stand in a place: as the server has set it, else as its members have told Discord. In direct
   * messages, as for a person, as far as their Discord's language is known from commands and buttons.
   */
  inPlace(place: { guild?: string | undefined; channel: string; person?: string | undefined }): Promise<Say>;
}

/** Who used a command or a button, and where. `locale` is Discord's, such as `pt-BR`. */
export interface Asking {
  author: { id: string };
  guild?: string;
  channel: string;
  locale: string;
}

export interface LanguagesInput {
  client: Pick<Client, 'guilds'>;
  /** Fails fast. */
  redis: Redis;
  /** The operator's choice, where nothing else says anything. */
  fallback: Language;
}

const rememberedPeople = 10_000;
const patienceMs = 500;

export function createLanguages({ client, redis, fallback }: LanguagesInput): Languages {
  const locales = new Map<string, string>();

  function remember(person: string, locale: string): void {
    locales.delete(person);
    locales.set(person, locale);
    const [oldest] = locales.keys();
    if (locales.size > rememberedPeople && oldest !== undefined) locales.delete(oldest);
  }

  /** What is set in these scopes; undefined while nobody has set it, or Redis is away. */
  async function chosen(
    scope: 'person' | 'server',
    place: Parameters<typeof readSettings>[1],
  ): Promise<Language | undefined> {
    try {
      const read = readSettings(redis, place);
      read.catch(() => undefined);
      // What people wait for does not wait for its language.
      const settings = await Promise.race([read, sleep(patienceMs, undefined, { ref: false })]);
      return settings?.layers[scope]?.language;
    } catch (error) {
      log.debug({ error: errorText(error) }, 'which language is set is not known');
      return undefined;
    }
  }

  async function toPerson(
    person: string,
    place: { guild?: string | undefined; channel: string },
    locale: string | undefined,
  ) {
    const set = await chosen('person', { ...place, person: `discord:${person}` });
    return speak(set ?? languageOfLocale(locale) ?? fallback);
  }

  return {
    async toPerson({ author, guild, channel, locale }) {
      remember(author.id, locale);
      return toPerson(author.id, { guild, channel }, locale);
    },
    async inPlace({ guild, channel, person }) {
      if (guild === undefined && person !== undefined) return toPerson(person, { channel }, locales.get(person));
      const set = guild === undefined ? undefined : await chosen('server', { guild, channel });
      return speak(set ?? languageOfLocale(localeOfServer(guild)) ?? fallback);
    },
  };

  /** Only the server of a community can choose its language; elsewhere Discord says en-US without anybody's choice. */
  function localeOfServer(id: string | undefined): string | undefined {
    const guild = id === undefined ? undefined : client.guilds.cache.get(id);
    return guild?.features.includes('COMMUNITY') ? guild.preferredLocale : undefined;
  }
}
