import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { hashOfKey, isValid, keyNamePattern, sameHash, type ApiKey } from './api-keys.ts';
import { readNamedFile, watchFile } from '#shared/process/watch-file.ts';

const log = createLogger('api-keys');

const variable = 'DRAGOMAN_API_KEYS_FILE';

const fileSchema = z
  .array(
    z.strictObject({
      name: z.string().regex(keyNamePattern),
      /** The key itself, at least 20 characters; or `sha256`. */
      key: z.string().min(20, 'must have at least 20 characters').optional(),
      /** sha256 of the key, hexadecimal. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
        .optional(),
      roles: z.array(z.string()).min(1),
      /** A date, after which the key is refused. */
      expires: z.coerce.date().optional(),
      models: z.array(z.string()).optional(),
      budget_usd: z.number().positive().optional(),
    }),
  )
  .default([]);

export interface KeysFile {
  /** The key of the file that this is; undefined when it is none, or its time is over. */
  find(key: string): ApiKey | undefined;
  /** All that the file holds, in its order. */
  list(): ApiKey[];
  /** The same with the hash of each key. */
  hashed(): KnownKey[];
}

export interface KnownKey {
  hash: string;
  entry: ApiKey;
}

/** Reads keys from a YAML or JSON file: DRAGOMAN_API_KEYS_FILE. Throws ConfigError that names what is wrong. */
export function readKeysFile(file: string): KeysFile {
  const known = parseKeys(readNamedFile(variable, file), file);
  return fileOf(() => known);
}

/**
 * Reads the file, and reads it again whenever it changes, which calls `changed`. A broken new version is refused, and
 * the keys of the last good one stay in force. Throws ConfigError when the first version is broken or missing.
 */
export function watchKeysFile(file: string, changed: () => void = () => undefined): KeysFile & AsyncDisposable {
  let text = readNamedFile(variable, file);
  let known = parseKeys(text, file);
  const watching = watchFile(file, () => {
    try {
      const next = readNamedFile(variable, file);
      if (next === text) return;
      known = parseKeys(next, file);
      text = next;
      log.info({ file, keys: known.length }, 'API keys reloaded');
      changed();
    } catch (error) {
      log.error(
        { file, error: errorText(error) },
        'the changed file of API keys is refused; the last good one stays in force',
      );
    }
  });
  return { ...fileOf(() => known), [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

function fileOf(known: () => KnownKey[]): KeysFile {
  return {
    list: () => known().map(({ entry }) => entry),
    hashed: known,
    find(key) {
      const hash = hashOfKey(key);
      // All are compared, so that the time does not tell which one it is.
      const found = known().filter((each) => sameHash(each.hash, hash));
      return found.find(({ entry }) => isValid(entry, Date.now()))?.entry;
    },
  };
}

function parseKeys(text: string, file: string): KnownKey[] {
  return parseFile(text, file).map(({ key, sha256, expires, budget_usd, ...rest }) => ({
    hash: sha256 ?? hashOfKey(key ?? ''),
    entry: {
      ...rest,
      id: `file:${rest.name}`,
      createdAt: 0,
      ...(expires && { expiresAt: expires.getTime() }),
      ...(budget_usd !== undefined && { budgetUsd: budget_usd }),
    },
  }));
}

function parseFile(text: string, file: string): z.output<typeof fileSchema> {
  const place = `${variable}: ${file}`;
  let value: unknown;
  try {
    value = parse(text) ?? [];
  } catch (error) {
    // The parser quotes the line at fault, which may hold a key.
    const { linePos } = error as { linePos?: [{ line: number }] };
    throw new ConfigError([`${place}:${linePos?.[0].line ?? 1}: this is no YAML that can be read`]);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(({ path, message }) => `${place}: ${path.join('.') || 'the file'}: ${message}`),
    );
  }
  for (const { name, key, sha256 } of parsed.data) {
    if ((key === undefined) === (sha256 === undefined)) {
      throw new ConfigError([`${place}: ${name}: give either key or sha256`]);
    }
  }
  return parsed.data;
}
