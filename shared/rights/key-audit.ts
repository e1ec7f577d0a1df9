import { rowOf } from '#shared/run/audit-row.ts';
import { whoOf } from '#shared/run/request.ts';

/** What happened to an API key. `limited`: the end of an older key when a newer one took its place. */
export type KeyDeed = 'created' | 'rotated' | 'limited' | 'revoked' | 'added' | 'changed' | 'removed';

/** What a row of the audit log says of a key, never the key itself nor its hash. */
export interface KeyFacts {
  name: string;
  id: string;
  roles: string[];
  /** Milliseconds since the epoch. */
  expiresAt?: number | undefined;
  models?: string[] | undefined;
  budgetUsd?: number | undefined;
}

/** The row of the audit log about what happened to a key, and whose it is. */
export function keyRow(deed: KeyDeed, key: KeyFacts, by: string | undefined): { who: string; row: string } {
  const { name, id, roles, expiresAt, models, budgetUsd } = key;
  const until = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
  return {
    who: whoOf({ kind: 'api', id: name, name, discordRoles: [] }),
    row: rowOf('key', { deed, key: id, name, roles, until, models, budgetUsd, by }),
  };
}
