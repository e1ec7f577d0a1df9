import { randomUUID } from 'node:crypto';
import type { APIApplicationCommand } from 'discord.js';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { DiscordApi } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
import type { CommandDefinition } from './command.ts';
import { localised } from './localise.ts';

const log = createLogger('commands');

const lockMs = 30_000;

/** What registering has changed. */
export interface Registered {
  written: string[];
  removed: string[];
}

/**
 * Brings the commands that Discord has up to date. It changes nothing when they are (Discord allows 200 creations a
 * day). Only one instance does this at a time; undefined when another one is doing it.
 */
export async function registerCommands(
  api: DiscordApi,
  redis: Redis,
  application: string,
  definitions: CommandDefinition[],
): Promise<Registered | undefined> {
  const mine = randomUUID();
  if ((await redis.set(keys.discordCommandsLock, mine, 'PX', lockMs, 'NX')) !== 'OK') return undefined;
  try {
    const known = await listed(api, application);
    const written = definitions.filter((wanted) => !known.some((command) => same(wanted, command)));
    const removed = known.filter((command) => !definitions.some((wanted) => isOf(wanted, command)));
    const changes = { written: written.map(({ name }) => name), removed: removed.map(({ name }) => name) };
    if (written.length + removed.length === 0) return changes;
    // One request replaces all: single requests wait for each other's rate limit, and a bot that stops waits for them.
    await api.commands.replace(application, definitions.map(localised));
    log.info(changes, 'commands were registered');
    return changes;
  } finally {
    if ((await redis.get(keys.discordCommandsLock)) === mine) await redis.del(keys.discordCommandsLock);
  }
}

/** The commands that Discord has; none where it does not list them, and then all are written. */
async function listed(api: DiscordApi, application: string): Promise<APIApplicationCommand[]> {
  try {
    return await api.commands.list(application);
  } catch (error) {
    if (failureOf(error) === 'unsure') throw error;
    log.warn({ error: errorText(error) }, 'Discord does not list commands; writing all');
    return [];
  }
}

function isOf(definition: CommandDefinition, command: APIApplicationCommand): boolean {
  return definition.name === command.name && definition.type === (command.type as number);
}

/** Compares only what we set: in its answers Discord adds fields of its own and leaves out defaults. */
function same(definition: CommandDefinition, command: APIApplicationCommand): boolean {
  return isOf(definition, command) && JSON.stringify(shape(localised(definition))) === JSON.stringify(shape(command));
}

function shape(command: Shaped): unknown {
  const options = (command.options ?? []) as { [field: string]: unknown }[];
  return [
    command.description ?? '',
    localizations(command.name_localizations),
    localizations(command.description_localizations),
    options.map((option) => [
      option['type'],
      option['name'],
      option['description'],
      localizations(option['name_localizations']),
      localizations(option['description_localizations']),
      option['required'] ?? false,
      option['min_value'] ?? null,
      option['max_value'] ?? null,
      option['max_length'] ?? null,
      option['autocomplete'] ?? false,
      choices(option['choices']),
      shape({ options: (option['options'] ?? []) as object[] }),
    ]),
  ];
}

interface Shaped {
  description?: string;
  options?: object[];
  name_localizations?: unknown;
  description_localizations?: unknown;
}

/** Discord may give them in another order. */
function localizations(of: unknown): unknown {
  return Object.entries((of ?? {}) as Record<string, string>).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function choices(of: unknown): unknown {
  const all = (of ?? []) as { name: string; value: unknown; name_localizations?: unknown }[];
  return all.map(({ name, value, name_localizations: names }) => [name, value, localizations(names)]);
}
