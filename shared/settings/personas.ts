import type { Redis } from 'ioredis';
import { UserError } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { settings } from './catalogue.ts';
import { parseSetting, storeIn, type ChangedBy } from './change-settings.ts';
import { personasOf } from './owners.ts';
import { parseJson } from './read-settings.ts';

/** Personas of one server; as many as Discord shows in a menu, with one line for none. */
export const mostPersonas = 24;
/** The name that stands for no persona, where the server or channel has one. */
export const noPersona = 'none';

/** A persona's name as it is stored. Throws UserError. */
export function personaName(written: string): string {
  return (parseSetting('persona', written) ?? '').toLowerCase();
}

/** The personas of a server: name and text, by name. */
export async function listPersonas(redis: Redis, guild: string): Promise<[name: string, text: string][]> {
  const stored = await redis.hgetall(keys.settings(personasOf(guild)));
  const read = Object.entries(stored).flatMap(([name, value]): [string, string][] => {
    const text = settings.prompt.schema.safeParse(parseJson(value));
    return text.success ? [[name, text.data]] : [];
  });
  return read.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Throws UserError: a text or name that cannot be, or one persona too many. */
export async function savePersona(
  redis: Redis,
  guild: string,
  { name: written, text }: { name: string; text: string },
  by: ChangedBy,
): Promise<string> {
  const name = personaName(written);
  if (name === noPersona) throw new UserError('bad-persona', `${noPersona} stands for no persona; take another name.`);
  const known = await listPersonas(redis, guild);
  if (known.length >= mostPersonas && !known.some(([each]) => each === name)) {
    throw new UserError('too-many-personas', `A server has at most ${mostPersonas} personas. Delete one first.`);
  }
  await storeIn(redis, personasOf(guild), [[name, parseSetting('prompt', text.trim())]], by);
  return name;
}

/** Whether there was one. */
export async function deletePersona(redis: Redis, guild: string, name: string, by: ChangedBy): Promise<boolean> {
  const [before] = await storeIn(redis, personasOf(guild), [[name, undefined]], by);
  return before !== undefined;
}
