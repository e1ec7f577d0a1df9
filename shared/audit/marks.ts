import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';

/** A row of the audit log and a hash, vouched for with the signing key. */
export interface AuditMark {
  id: string;
  /** In a seal, the row's own hash; in a cut, the hash of the row before it, which is gone. */
  hash: string;
  mac: string;
}

/** `seal`: the log up to this row is as Dragoman wrote it. `cut`: retention has taken the rows before this one. */
export type MarkName = 'seal' | 'cut';

export async function readMarks(redis: Redis): Promise<Partial<Record<MarkName, AuditMark>>> {
  const { seal, cut } = await redis.hgetall(keys.auditMarks);
  return { ...(seal && { seal: parseMark(seal) }), ...(cut && { cut: parseMark(cut) }) };
}

export function parseMark(text: string): AuditMark {
  const [id = '', hash = '', mac = ''] = text.split(' ');
  return { id, hash, mac };
}

/** A new mark as it is stored. */
export function markText(key: string, name: MarkName, id: string, hash: string): string {
  return storedMark({ id, hash, mac: macOf(key, name, id, hash) });
}

/** The mark as it was stored when `readMarks` read it. */
export function storedMark({ id, hash, mac }: AuditMark): string {
  return `${id} ${hash} ${mac}`;
}

/** True when whoever made this mark had the key. */
export function isGenuine(key: string, name: MarkName, { id, hash, mac }: AuditMark): boolean {
  const right = Buffer.from(macOf(key, name, id, hash));
  const given = Buffer.from(mac);
  return right.length === given.length && timingSafeEqual(right, given);
}

function macOf(key: string, name: MarkName, id: string, hash: string): string {
  return createHmac('sha256', key).update(`dragoman audit ${name} ${id} ${hash}`).digest('hex');
}
