import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { settingNames, settings, type SettingName, type SettingValues } from './catalogue.ts';
import { personasOf } from './owners.ts';
import { ownerOf, settingScopes, type Place, type SettingScope } from './scopes.ts';

/** The settings that count in a place. `D`: those for which the operator has a default. */
export interface Settings<D extends SettingValues = SettingValues> {
  /** What counts: of the scopes that set it the last one, then the operator's default. */
  values: SettingValues & D;
  /** The scope that a value comes from; absent for a default. */
  from: { [N in SettingName]?: SettingScope };
  /** What each scope sets. Prompts add up, so they are read here. */
  layers: { [S in SettingScope]?: SettingValues };
  /** The persona that counts, if it exists. */
  persona?: { name: string; text: string };
}

/** What `settingsOf` of `shared/redis/lua/settings.lua` returns. */
export type StoredSettings = [scopes: string[][], persona: string];

/** Names of the keys that a script takes for it. */
export const settingKeyNames = [...settingScopes, 'personas'] as const;

const readScript = defineScript(new URL('./read.lua', import.meta.url), {
  keys: settingKeyNames,
  args: {},
  reply: of<StoredSettings>(),
});

/** Reads the settings of a place in one round trip. */
export async function readSettings<D extends SettingValues = SettingValues>(
  redis: Redis,
  place: Place,
  defaults?: D,
): Promise<Settings<D>> {
  return settingsFrom(await readScript(redis, settingKeys(place), {}), defaults);
}

/** The keys of a place. */
export function settingKeys(place: Place): Record<(typeof settingKeyNames)[number], string> {
  const ownKey = (scope: SettingScope) => keys.settings(ownerOf(scope, place) ?? 'none');
  return {
    server: ownKey('server'),
    channel: ownKey('channel'),
    thread: ownKey('thread'),
    person: ownKey('person'),
    once: ownKey('once'),
    personas: keys.settings(place.guild === undefined ? 'none' : personasOf(place.guild)),
  };
}

export function settingsFrom<D extends SettingValues = SettingValues>(
  [scopes, persona]: StoredSettings,
  defaults?: D,
): Settings<D> {
  return combine(
    scopes.map((fields) => readStored(Object.fromEntries(pairs(fields)))),
    persona,
    defaults,
  );
}

function combine<D extends SettingValues>(stored: SettingValues[], text: string, defaults?: D): Settings<D> {
  const values: Record<string, unknown> = { ...defaults };
  const from: Settings['from'] = {};
  const layers: Settings['layers'] = {};
  for (const [index, scope] of settingScopes.entries()) {
    const layer = stored[index] ?? {};
    if (Object.keys(layer).length > 0) layers[scope] = layer;
    for (const name of settingNames) {
      if (layer[name] === undefined) continue;
      values[name] = layer[name];
      from[name] = scope;
    }
  }
  const name = values['persona'];
  const persona = parseJson(text);
  return {
    values: values as SettingValues & D,
    from,
    layers,
    ...(typeof name === 'string' && typeof persona === 'string' && { persona: { name, text: persona } }),
  };
}

/** Reads a hash of settings. What another version has written in another form, or under another name, does not count. */
export function readStored(hash: Record<string, string>): SettingValues {
  const values = settingNames.flatMap((name) => {
    const text = hash[name];
    const read = text === undefined ? undefined : settings[name].schema.safeParse(parseJson(text));
    return read?.success ? [[name, read.data] as const] : [];
  });
  return Object.fromEntries(values);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []));
}
