import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import type { KeysFile } from './api-keys-file.ts';
import { keyRow, type KeyDeed, type KeyFacts } from './key-audit.ts';

const factsSchema = z.object({
  name: z.string(),
  id: z.string(),
  roles: z.array(z.string()),
  expiresAt: z.number().optional(),
  models: z.array(z.string()).optional(),
  budgetUsd: z.number().optional(),
});
const knownSchema = z.array(factsSchema);

const storeScript = defineScript(new URL('./file-keys.lua', import.meta.url), {
  keys: ['known', 'log'],
  args: { before: of<Text>(), after: of<Text>(), rows: of<{ who: string; row: string }[]>() },
  reply: of<0 | 1>(),
});

/**
 * Tells the audit log which keys have come into the file, have left it or have other rights, since any process of this
 * stack last looked. `by`: the file, since nobody knows who wrote it.
 */
export async function auditFileKeys(redis: Redis, file: KeysFile, by: string): Promise<void> {
  const now = file.hashed().map(({ hash, entry }): KeyFacts => {
    const { name, roles, expiresAt, models, budgetUsd } = entry;
    return { name, id: idOf(hash), roles, expiresAt, models, budgetUsd };
  });
  for (;;) {
    const before = (await redis.get(keys.fileKeys)) ?? '';
    const known = before === '' ? [] : knownSchema.parse(JSON.parse(before));
    const rows = changes(known, now).map(([deed, key]) => keyRow(deed, key, by));
    if (rows.length === 0) return;
    const texts = { before: longText(before), after: longText(JSON.stringify(now)) };
    if ((await storeScript(redis, { known: keys.fileKeys, log: keys.audit }, { ...texts, rows })) === 1) return;
  }
}

function changes(known: KeyFacts[], now: KeyFacts[]): [KeyDeed, KeyFacts][] {
  const byName = (list: KeyFacts[]) => new Map(list.map((each) => [`${each.name} ${each.id}`, each]));
  const [before, after] = [byName(known), byName(now)];
  const come = [...after].flatMap(([name, key]): [KeyDeed, KeyFacts][] => {
    const old = before.get(name);
    if (!old) return [['added', key]];
    return JSON.stringify(factsSchema.parse(old)) === JSON.stringify(factsSchema.parse(key)) ? [] : [['changed', key]];
  });
  const gone = [...before].filter(([name]) => !after.has(name));
  return [...come, ...gone.map(([, key]): [KeyDeed, KeyFacts] => ['removed', key])];
}

/** Tells one key of a name from the next, and nothing of the key: a hash of its hash. */
function idOf(hash: string): string {
  return `file:${createHash('sha256').update(hash).digest('hex').slice(0, 8)}`;
}
