import type { Redis } from 'ioredis';
import { z } from 'zod';
import { UserError } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { settings } from './catalogue.ts';
import { parseSetting, parseSettingName, settingsOf, storeIn, type ChangedBy } from './change-settings.ts';
import { personaName } from './personas.ts';
import { parseJson } from './read-settings.ts';
import { scopeOf } from './scopes.ts';

const exportSchema = z.strictObject({
  version: z.literal(1),
  /** By owner (`server:<id>`, `channel:<id>`, `personas:<server>` …) what is set. */
  settings: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type ExportedSettings = z.output<typeof exportSchema>;

/** What is set for these owners; those without anything are left out. */
export async function exportSettings(redis: Redis, owners: readonly string[]): Promise<ExportedSettings> {
  const read = await Promise.all(
    owners.map(async (owner): Promise<[string, Record<string, unknown>]> => [owner, await valuesOf(redis, owner)]),
  );
  return { version: 1, settings: Object.fromEntries(read.filter(([, values]) => Object.keys(values).length > 0)) };
}

async function valuesOf(redis: Redis, owner: string): Promise<Record<string, unknown>> {
  if (!isPersonas(owner)) return settingsOf(redis, owner);
  const stored = await redis.hgetall(keys.settings(owner));
  return Object.fromEntries(Object.entries(stored).map(([name, text]) => [name, parseJson(text)]));
}

/**
 * Takes in what `exportSettings` gave: of the owners in it, each named setting; others stay. All of it is checked before
 * anything is changed. Throws UserError with what is wrong, and where. Resolves to the owners.
 */
export async function importSettings(redis: Redis, exported: unknown, by: ChangedBy): Promise<string[]> {
  const read = exportSchema.safeParse(exported);
  if (!read.success) {
    throw new UserError(
      'bad-import',
      'This is no file of dragoman settings export: version 1 with "settings" is needed.',
    );
  }
  const checked = Object.entries(read.data.settings).map(([owner, values]) => {
    return [owner, Object.entries(values).map((entry) => check(owner, entry))] as const;
  });
  for (const [owner, changes] of checked) await storeIn(redis, owner, changes, by);
  return checked.map(([owner]) => owner);
}

function check(owner: string, [written, value]: [string, unknown]): [name: string, value: unknown] {
  try {
    if (isPersonas(owner)) return [personaName(written), parseSetting('prompt', value)];
    return checkSetting(owner, written, value);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError('bad-import', `${owner} ${written}: ${error.message} Nothing was changed.`);
  }
}

/** A setting of an owner, as it may be stored there. Throws UserError. */
export function checkSetting(owner: string, written: string, value: unknown): [name: string, value: unknown] {
  const name = parseSettingName(written);
  const scope = scopeOf(owner);
  if (!scope) {
    throw new UserError(
      'bad-owner',
      `${owner} is nobody's name: server:<id>, channel:<id>, thread:<id>, person:discord:<id>.`,
    );
  }
  if (!settings[name].scopes.includes(scope)) {
    throw new UserError('bad-setting', `${name} is set for ${settings[name].scopes.join(', ')}, not for a ${scope}.`);
  }
  return [name, parseSetting(name, value)];
}

function isPersonas(owner: string): boolean {
  return /^personas:\d+$/.test(owner);
}
