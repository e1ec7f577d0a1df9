import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { hashOfKey, keyNamePattern, sameHash, type ApiKey } from './api-keys.ts';

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
  /** How many keys it holds. */
  size: number;
}

/** Reads keys from a YAML or JSON file: DRAGOMAN_API_KEYS_FILE. Throws ConfigError that names what is wrong. */
export function readKeysFile(file: string): KeysFile {
  const known = parseFile(file).map(({ key, sha256, expires, budget_usd, ...rest }) => ({
    hash: sha256 ?? hashOfKey(key ?? ''),
    entry: {
      ...rest,
      id: `file:${rest.name}`,
      createdAt: 0,
      ...(expires && { expiresAt: expires.getTime() }),
      ...(budget_usd !== undefined && { budgetUsd: budget_usd }),
    },
  }));
  return {
    size: known.length,
    find(key) {
      const hash = hashOfKey(key);
      const found = known.filter((each) => sameHash(each.hash, hash)).at(0)?.entry;
      return found && (found.expiresAt ?? Infinity) > Date.now() ? found : undefined;
    },
  };
}

function parseFile(file: string): z.output<typeof fileSchema> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8')) ?? [];
  } catch (error) {
    throw new ConfigError([`DRAGOMAN_API_KEYS_FILE: cannot read ${file}: ${errorText(error).split('\n')[0]}`]);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `DRAGOMAN_API_KEYS_FILE: ${file}: ${issue.path.join('.')}: ${issue.message}`),
    );
  }
  for (const { name, key, sha256 } of parsed.data) {
    if ((key === undefined) === (sha256 === undefined)) {
      throw new ConfigError([`DRAGOMAN_API_KEYS_FILE: ${file}: ${name}: give either key or sha256`]);
    }
  }
  return parsed.data;
}
