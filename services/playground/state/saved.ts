import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { Channel, Guild, Message, User } from './types.ts';
import type { World } from './world.ts';

/** Changes that come in quick succession, such as an answer that streams in, are written once. */
const WRITE_AFTER_MS = 300;
const VERSION = 1;
/** What passes by and is not kept: typing, and what only the moment needs. */
const PASSING = /^(TYPING_START|INTERACTION_CREATE|PLAYGROUND_)/;

interface Saved {
  version: number;
  users: [string, User][];
  guilds: [string, Guild][];
  channels: [string, Channel][];
  messages: [string, [string, Message][]][];
  /** Path, type and name of each file; its bytes lie beside, under its number. */
  files: { path: string; contentType: string; filename: string; number: number }[];
}

/**
 * Keeps a world in a folder: takes up what is there, and from then on writes what changes, at the latest when it is
 * disposed. What only one person saw, and bots' commands and tokens, are not kept. Throws a ConfigError when the
 * folder cannot be used; `report` gets what cannot be written later.
 */
export function keepWorld(world: World, folder: string, report: (error: unknown) => void): Disposable {
  const numbers = new Map<string, number>();
  try {
    mkdirSync(join(folder, 'files'), { recursive: true, mode: 0o700 });
    restore(world, folder, numbers);
  } catch (error) {
    const problem = `what the playground kept in ${folder} cannot be read (${errorText(error)})`;
    throw new ConfigError([`PLAYGROUND_DATA: ${problem}. Move it away, or name another folder.`]);
  }
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    timer = undefined;
    try {
      save(world, folder, numbers);
    } catch (error) {
      report(error);
    }
  };
  const unsubscribe = world.subscribe(({ t }) => {
    if (!PASSING.test(t)) timer ??= setTimeout(write, WRITE_AFTER_MS);
  });
  return {
    [Symbol.dispose]() {
      unsubscribe();
      clearTimeout(timer);
      write();
    },
  };
}

function save(world: World, folder: string, numbers: Map<string, number>): void {
  for (const [path, { bytes }] of world.files) {
    if (numbers.has(path)) continue;
    const number = numbers.size + 1;
    writeFileSync(join(folder, 'files', String(number)), bytes, { mode: 0o600 });
    numbers.set(path, number);
  }
  const saved: Saved = {
    version: VERSION,
    users: [...world.users],
    guilds: [...world.guilds],
    channels: [...world.channels],
    messages: [...world.messages].map(([channel, messages]) => [channel, [...messages].filter(([, m]) => lasts(m))]),
    files: [...world.files].map(([path, { contentType, filename }]) => ({
      path,
      contentType,
      filename,
      number: numbers.get(path) ?? 0,
    })),
  };
  const file = join(folder, 'world.json');
  writeFileSync(
    `${file}.new`,
    JSON.stringify(saved, (_, value: unknown) => withMaps(value)),
    { mode: 0o600 },
  );
  // The old file stands until the new one is whole.
  renameSync(`${file}.new`, file);
}

function lasts({ visibleTo }: Message): boolean {
  return visibleTo === undefined;
}

/** JSON knows no maps, of which servers and threads have some. */
function withMaps(value: unknown): unknown {
  return value instanceof Map ? { $map: [...(value as Map<string, unknown>)] } : value;
}

function readMaps(value: unknown): unknown {
  const { $map } = (value ?? {}) as { $map?: [string, unknown][] };
  return Array.isArray($map) ? new Map($map) : value;
}

function restore(world: World, folder: string, numbers: Map<string, number>): void {
  const text = readIfThere(join(folder, 'world.json'));
  if (text === undefined) return;
  const saved = JSON.parse(text, (_, value: unknown) => readMaps(value)) as Saved;
  if (saved.version !== VERSION) throw new Error(`it is of version ${saved.version}, and this one reads ${VERSION}`);
  const files = saved.files.map(({ path, number, ...file }) => {
    numbers.set(path, number);
    return [path, { ...file, bytes: readFileSync(join(folder, 'files', String(number))) }] as const;
  });
  fill(world.users, saved.users);
  fill(world.guilds, saved.guilds);
  fill(world.channels, saved.channels);
  fill(
    world.messages,
    saved.messages.map(([channel, messages]) => [channel, new Map(messages)] as const),
  );
  fill(world.files, files);
}

function fill<T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
