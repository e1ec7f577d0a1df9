import { createHash } from 'node:crypto';

/** The hash of a row, as `shared/redis/lua/audit.lua` computes it. `before`: that of the row before, '' for none. */
export function chainHash(
  before: string,
  fields: { id: string; run: string; who: string; kind: string; data: string },
): string {
  const { id, run, who, kind, data } = fields;
  const framed = [id, run, who, kind, data].map((text) => `${Buffer.byteLength(text)}:${text}`);
  return createHash('sha1')
    .update(before + framed.join(''))
    .digest('hex');
}
