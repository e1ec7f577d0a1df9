import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redis } from 'ioredis';

/** Stands for a type in a script's signature; it has no value of its own. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the caller names the type, which nothing could tell
export function of<T>(): T {
  return undefined as T;
}

/**
 * A long text among the arguments; it travels beside their JSON, so that neither side escapes it: `ARGV[args.name]`.
 */
export interface Text {
  text: string;
}

/** Marks an argument as long text. */
export function longText(text: string): Text {
  return { text };
}

export interface Signature<K extends string, A extends object, R> {
  /** Names of the keys, in the order of the file's header. */
  keys: readonly K[];
  /** Names and types of the arguments. */
  args: A;
  /** What the script returns. */
  reply: R;
}

export type Script<K extends string, A extends object, R> = (
  redis: Redis,
  keys: Record<K, string>,
  args: A,
) => Promise<R>;

/**
 * Loads a Lua script from a file beside the module. Its header names what it takes, and this side's signature must name
 * the same, or loading throws:
 *
 *     -- keys: record journal      locals of these names hold the keys
 *     -- args: id epoch            `args.id`, `args.epoch`
 *     -- uses: clock audit         functions of shared/redis/lua/clock.lua and audit.lua
 *
 * The script is run by its hash; its text is sent only to a server that does not know it yet.
 */
export function defineScript<const K extends string, A extends object, R>(
  url: URL,
  signature: Signature<K, A, R>,
): Script<K, A, R> {
  const { keys, args, lua, sha } = readScript(url);
  assertSame(url, 'keys', keys, signature.keys);
  assertSame(url, 'args', args.toSorted(), Object.keys(signature.args).toSorted());
  return async function run(redis, given, values) {
    const names = signature.keys.map((name) => given[name]);
    const argv = encode(values);
    try {
      return (await redis.evalsha(sha, names.length, ...names, ...argv)) as R;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(lua, names.length, ...names, ...argv)) as R;
    }
  };
}

/** Names of scripts, by what is sent of them: their hash or their text. */
const names = new Map<string, string>();

/** The file name of the script that a command runs, if this process has read it; undefined for other commands. */
export function scriptOf(command: string, args: readonly string[]): string | undefined {
  return /^eval(?:sha)?$/i.test(command) ? names.get(args[0] ?? '') : undefined;
}

export interface ScriptFile {
  keys: string[];
  args: string[];
  /** The whole script: prelude, the functions that it uses, its own text. */
  lua: string;
  /** The hash that it is run by. */
  sha: string;
}

/** Reads a script with what its header names. */
export function readScript(url: URL): ScriptFile {
  const source = readFileSync(url, 'utf8');
  const keys = headerOf(source, 'keys');
  const args = headerOf(source, 'args');
  const used = headerOf(source, 'uses').map((name) =>
    readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8'),
  );
  const prelude = [
    keys.length > 0 ? `local ${keys.join(', ')} = ${keys.map((_, index) => `KEYS[${index + 1}]`).join(', ')}` : '',
    args.length > 0 ? 'local args = cjson.decode(ARGV[1])' : '',
  ];
  const lua = [...prelude, ...used, source].filter((part) => part !== '').join('\n');
  const sha = createHash('sha1').update(lua).digest('hex');
  for (const sent of [sha, lua]) names.set(sent, path.basename(url.pathname, '.lua'));
  return { keys, args, lua, sha };
}

function headerOf(source: string, name: string): string[] {
  const lines = [...source.matchAll(new RegExp(`^-- ${name}: (.+)$`, 'gm'))];
  return lines.flatMap(([, names = '']) => names.trim().split(/\s+/));
}

function assertSame(url: URL, what: string, inFile: readonly string[], here: readonly string[]): void {
  if (inFile.join(' ') === here.join(' ')) return;
  throw new TypeError(
    `${url.pathname} takes the ${what} "${inFile.join(' ')}", its signature names "${here.join(' ')}"`,
  );
}

/** Encodes the arguments as one JSON text and the long texts after it; the JSON holds the position of each. */
function encode(values: object): string[] {
  const texts: string[] = [];
  const json = JSON.stringify(values, (_, value: unknown) => {
    if (!isText(value)) return value;
    texts.push(value.text);
    // ARGV[1] is the JSON itself.
    return texts.length + 1;
  });
  return [json, ...texts];
}

function isText(value: unknown): value is Text {
  if (typeof value !== 'object' || value === null || !('text' in value)) return false;
  return typeof value.text === 'string' && Object.keys(value).length === 1;
}
