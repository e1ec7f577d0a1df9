import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { UserError } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import { keyRow, type KeyDeed } from './key-audit.ts';

const storedKeySchema = z.object({
  name: z.string(),
  /** sha256 of the whole key, hexadecimal. The key itself is shown once and stored nowhere. */
  hash: z.string(),
  roles: z.array(z.string()),
  /** Milliseconds since the epoch, as all times here. */
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  revokedAt: z.number().optional(),
  /** Models that may be asked for by name; those of the roles when absent. */
  models: z.array(z.string()).optional(),
  /** US dollars in a calendar month (UTC). */
  budgetUsd: z.number().optional(),
});
type StoredKey = z.output<typeof storedKeySchema>;

/** What is known of an API key. `id` is its public part: `dgm_<id>_…`. */
export type ApiKey = Omit<StoredKey, 'hash'> & { id: string; lastUsedAt?: number };

export interface NewApiKey {
  name: string;
  roles: string[];
  /** Milliseconds from now. */
  expiresInMs?: number | undefined;
  models?: string[] | undefined;
  budgetUsd?: number | undefined;
}

/** Names are callers' ids: they stand in records, indexes and the policy's `api_keys`. */
export const keyNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Makes a key and returns it, the only time that anybody sees it. `by`: who makes it, for the audit log, here and below.
 * Throws UserError `bad-name`, or `name-taken` while another key of that name is valid.
 */
export async function createApiKey(redis: Redis, asked: NewApiKey, by?: string): Promise<{ key: string; id: string }> {
  const { name, roles, expiresInMs, models, budgetUsd } = asked;
  if (!keyNamePattern.test(name)) {
    throw new UserError('bad-name', `${name} is no name for a key: letters, digits, and . _ - after the first.`);
  }
  const [taken] = (await listApiKeys(redis)).filter((each) => each.name === name && isValid(each, Date.now()));
  if (taken) {
    throw new UserError('name-taken', `A key named ${name} is valid. Rotate or revoke it, or take another name.`);
  }
  const known = {
    name,
    roles,
    createdAt: Date.now(),
    ...(expiresInMs !== undefined && { expiresAt: Date.now() + expiresInMs }),
    ...(models && { models }),
    ...(budgetUsd !== undefined && { budgetUsd }),
  };
  return store(redis, known, { deed: 'created', by });
}

/**
 * Makes a second key of the same name and rights. The older ones of that name stay valid for `overlapMs`. Throws
 * UserError `unknown-key`.
 */
export async function rotateApiKey(
  redis: Redis,
  name: string,
  overlapMs: number,
  by?: string,
): Promise<{ key: string; id: string }> {
  const now = Date.now();
  const standing = (await listApiKeys(redis)).filter((each) => each.name === name && isValid(each, now));
  const newest = standing.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  if (!newest) throw new UserError('unknown-key', `No valid key is named ${name}. dragoman keys list shows all.`);
  const { id: _, lastUsedAt: __, expiresAt, ...rest } = newest;
  const lifeMs = expiresAt === undefined ? undefined : expiresAt - newest.createdAt;
  const next = { ...rest, createdAt: now, ...(lifeMs !== undefined && { expiresAt: now + lifeMs }) };
  const made = await store(redis, next, { deed: 'rotated', by });
  for (const { id } of standing) {
    const sooner = ({ expiresAt: end = Infinity }: StoredKey) => ({ expiresAt: Math.min(end, now + overlapMs) });
    await change(redis, id, sooner, { deed: 'limited', by });
  }
  return made;
}

/** Revokes a key by its name (all of that name) or id, at once. Returns how many were valid until now. */
export async function revokeApiKey(redis: Redis, nameOrId: string, by?: string): Promise<number> {
  const now = Date.now();
  const meant = (await listApiKeys(redis)).filter(
    (each) => (each.name === nameOrId || each.id === nameOrId) && isValid(each, now),
  );
  for (const { id } of meant) await change(redis, id, () => ({ revokedAt: now }), { deed: 'revoked', by });
  return meant.length;
}

/** All keys that were ever made here, the newest first. */
export async function listApiKeys(redis: Redis): Promise<ApiKey[]> {
  const [stored, used] = await Promise.all([redis.hgetall(keys.apiKeys), redis.hgetall(keys.apiKeysUsed)]);
  return Object.entries(stored)
    .flatMap(([id, text]) => {
      const known = readStored(text);
      if (!known) return [];
      const { hash: _, ...rest } = known;
      return [{ id, ...rest, ...(used[id] !== undefined && { lastUsedAt: Number(used[id]) }) }];
    })
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

export function isValid({ expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}

/** How often the time of a key's last use is written, milliseconds. */
export const usedEveryMs = 60_000;

/** An entry that no key fits: no hash has dashes. */
const nobody = JSON.stringify({ name: 'nobody', hash: '-'.repeat(64), roles: ['nobody'], createdAt: 0 });

/** A key as it was read. */
export interface ReadKey {
  key: ApiKey;
  /** What is stored of it. */
  text: string;
  /** Milliseconds since the epoch: when the time of its last use was written. */
  usedAt: number;
}

/** Finds out whose key this is; undefined for every key that is not valid. Takes the same way for all of them. */
export async function findApiKey(redis: Redis, key: string): Promise<ApiKey | undefined> {
  return (await readApiKey(redis, key))?.key;
}

/** Does the same, and tells how the key was found. */
export async function readApiKey(redis: Redis, key: string): Promise<ReadKey | undefined> {
  const id = /^dgm_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/.exec(key)?.[1] ?? 'nobody';
  const [text, used] = await Promise.all([redis.hget(keys.apiKeys, id), redis.hget(keys.apiKeysUsed, id)]);
  // Where there is no such key, another entry is read and compared, so that the time does not tell which ids exist.
  const stored = readStored(text ?? nobody);
  const right = sameHash(stored?.hash ?? '', hashOfKey(key));
  const now = Date.now();
  if (text === null || !stored || !right || !isValid(stored, now)) return undefined;
  const isDue = now - Number(used ?? 0) > usedEveryMs;
  if (isDue) await redis.hset(keys.apiKeysUsed, id, now);
  const { hash: _, ...rest } = stored;
  return { key: { id, ...rest }, text, usedAt: isDue ? now : Number(used) };
}

export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Compares in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => Buffer.from(text.padEnd(64, '0').slice(0, 64)));
  return left !== undefined && right !== undefined && timingSafeEqual(left, right) && a.length === b.length;
}

/** What the audit log is told in the step that stores a key. */
interface Deed {
  deed: KeyDeed;
  by: string | undefined;
}

async function store(redis: Redis, known: Omit<StoredKey, 'hash'>, deed: Deed): Promise<{ key: string; id: string }> {
  for (;;) {
    const id = randomBytes(5).toString('hex').slice(0, 8);
    const key = `dgm_${id}_${randomBytes(32).toString('base64url')}`;
    if (await replace(redis, { id, before: '', after: { ...known, hash: hashOfKey(key) } }, deed)) return { key, id };
  }
}

/** Changes what is stored of a key. `changes` sees it as it stands: a revoke and a rotation may meet. */
async function change(
  redis: Redis,
  id: string,
  changes: (stored: StoredKey) => Partial<StoredKey>,
  deed: Deed,
): Promise<void> {
  for (;;) {
    const before = await redis.hget(keys.apiKeys, id);
    const stored = before === null ? undefined : readStored(before);
    if (before === null || !stored) return;
    if (await replace(redis, { id, before, after: { ...stored, ...changes(stored) } }, deed)) return;
  }
}

const replaceScript = defineScript(new URL('./replace-key.lua', import.meta.url), {
  keys: ['stored', 'log'],
  args: { id: of<string>(), before: of<Text>(), after: of<Text>(), who: of<string>(), row: of<string>() },
  reply: of<0 | 1>(),
});

/** Resolves to false when somebody else has changed the key meanwhile. */
async function replace(
  redis: Redis,
  { id, before, after }: { id: string; before: string; after: StoredKey },
  { deed, by }: Deed,
): Promise<boolean> {
  const texts = { before: longText(before), after: longText(JSON.stringify(after)) };
  const row = keyRow(deed, { ...after, id }, by);
  return (await replaceScript(redis, { stored: keys.apiKeys, log: keys.audit }, { id, ...texts, ...row })) === 1;
}

function readStored(text: string): StoredKey | undefined {
  try {
    return storedKeySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
