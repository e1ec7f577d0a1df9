import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { UserError } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import { rowOf } from '#shared/run/audit-row.ts';
import { whoOf, type Caller } from '#shared/run/request.ts';
import { settingNames, settings, type SettingName, type SettingValues } from './catalogue.ts';
import { parseJson, readStored } from './read-settings.ts';
import { isOwn, scopeOf } from './scopes.ts';

/** Changes that are kept of an owner's settings, the newest. */
const keptChanges = 50;
/** Milliseconds after which what was meant for a next question is forgotten, when none comes. */
const onceMs = 3_600_000;
/** Characters of a value that the audit log keeps. */
const auditedChars = 200;

/** Who changes settings. */
export type ChangedBy = Pick<Caller, 'kind' | 'id' | 'name'>;

/** One change as it was made. `value` is absent where the setting was taken away. */
export interface PastChange {
  /** Milliseconds since the epoch, by Redis' clock. */
  at: number;
  /** `kind:id name`. */
  by: string;
  name: string;
  value?: unknown;
}

/** Reads a value as a person typed it. Throws UserError `bad-setting` with a sentence that says what is wrong. */
export function parseSetting<N extends SettingName>(name: N, input: unknown): SettingValues[N] {
  const schema: z.ZodType = settings[name].schema;
  const read = schema.safeParse(input);
  if (read.success) return read.data as SettingValues[N];
  throw new UserError('bad-setting', [...new Set(read.error.issues.map(({ message }) => message))].join(' '));
}

/** The name of a setting that somebody typed. Throws UserError `unknown-setting`. */
export function parseSettingName(name: string): SettingName {
  const known = settingNames.find((each) => each === name);
  if (known) return known;
  throw new UserError('unknown-setting', `There is no setting ${name}. There are ${settingNames.join(', ')}.`);
}

const changeScript = defineScript(new URL('./change.lua', import.meta.url), {
  keys: ['stored', 'history', 'owners', 'log'],
  args: {
    owner: of<string>(),
    by: of<string>(),
    changes: of<{ name: string; value: Text | undefined; row: string }[]>(),
    /** Changes that are remembered; 0 for none. */
    kept: of<number>(),
    /** Milliseconds after which all settings of the owner go; 0 for never. */
    ttlMs: of<number>(),
    who: of<string>(),
  },
  reply: of<string[]>(),
});

/**
 * Changes settings of an owner (`ownerOf`), all in one step, and tells the audit log; `undefined` takes one away. Whether
 * they may be set there, and by whom, is for the caller to know.
 */
export async function changeSettings(
  redis: Redis,
  owner: string,
  changes: { [N in SettingName]?: SettingValues[N] | undefined },
  by: ChangedBy,
): Promise<void> {
  await storeIn(redis, owner, Object.entries(changes), by);
}

/** As `changeSettings`, for whatever is stored under an owner's name. Resolves to what was there before. */
export async function storeIn(
  redis: Redis,
  owner: string,
  changes: [name: string, value: unknown][],
  by: ChangedBy,
): Promise<unknown[]> {
  const once = scopeOf(owner) === 'once';
  const before = await changeScript(
    redis,
    {
      stored: keys.settings(owner),
      history: keys.settingsHistory(owner),
      owners: keys.settingsOwners,
      log: keys.audit,
    },
    {
      owner,
      by: whoOf({ ...by, discordRoles: [] }),
      who: whoOf({ ...by, discordRoles: [] }),
      changes: changes.map(([name, value]) => ({
        name,
        value: value === undefined ? undefined : longText(JSON.stringify(value)),
        row: settingRow(owner, name, value),
      })),
      kept: once ? 0 : keptChanges,
      ttlMs: once ? onceMs : 0,
    },
  );
  return before.map((text) => (text === '' ? undefined : parseJson(text)));
}

/** What people chose for themselves is theirs: the log says that it was changed, not to what. */
function settingRow(owner: string, setting: string, value: unknown): string {
  const told = typeof value === 'string' ? value.slice(0, auditedChars).toWellFormed() : value;
  return rowOf('setting', {
    owner,
    setting,
    deed: value === undefined ? 'reset' : 'set',
    ...(!isOwn(owner) && value !== undefined && { value: told }),
  });
}

/** What an owner has set. */
export async function settingsOf(redis: Redis, owner: string): Promise<SettingValues> {
  return readStored(await redis.hgetall(keys.settings(owner)));
}

/** Whose settings there are, or were, in order. */
export async function settingsOwners(redis: Redis): Promise<string[]> {
  return (await redis.smembers(keys.settingsOwners)).toSorted();
}

/** What one setting of an owner was changed to, the newest first. */
export async function pastChanges(redis: Redis, owner: string, name: string): Promise<PastChange[]> {
  const lines = await redis.lrange(keys.settingsHistory(owner), 0, -1);
  return lines.flatMap((line) => {
    const { at, by, name: changed, value } = (parseJson(line) ?? {}) as Record<string, unknown>;
    if (changed !== name || typeof at !== 'number' || typeof by !== 'string') return [];
    const read = typeof value === 'string' && value !== '' ? parseJson(value) : undefined;
    return [{ at, by, name, ...(read !== undefined && { value: read }) }];
  });
}

/** Forgets what a person (`kind:id`) has set for themselves, and its past. Returns how many settings there were. */
export async function forgetSettingsOf(redis: Redis, person: string): Promise<number> {
  let gone = 0;
  for (const owner of await redis.smembers(keys.settingsOwners)) {
    if (!isOwn(owner) || !owner.endsWith(`:${person}`)) continue;
    gone += await redis.hlen(keys.settings(owner));
    await redis.unlink(keys.settings(owner), keys.settingsHistory(owner));
    await redis.srem(keys.settingsOwners, owner);
  }
  return gone;
}
