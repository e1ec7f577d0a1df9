import type pg from 'pg';
import { ToolError } from '#mcp/kit.ts';
import type { Limits } from '../settings.ts';

/** The limits that the server itself gives every transaction of a connection, in milliseconds; 0 is no limit. */
export interface RoleLimits {
  statement: number;
  lock: number;
  idle: number;
}

/**
 * The limits hold from the login to the end of the connection: DISCARD ALL brings them back. But an operator may lower
 * those of the whole server meanwhile.
 */
const roleLimits = new WeakMap<pg.ClientBase, { limits: RoleLimits; until: number }>();
const trustedMs = 10_000;

async function roleLimitsOf(client: pg.ClientBase): Promise<RoleLimits> {
  const known = roleLimits.get(client);
  if (known && known.until > Date.now()) return known.limits;
  const ms = (name: string) =>
    `(1000 * extract(epoch from pg_catalog.current_setting('${name}')::pg_catalog.interval))::pg_catalog.int4`;
  const { rows } = await client.query<RoleLimits>(
    `SELECT ${ms('statement_timeout')} AS statement, ${ms('lock_timeout')} AS lock,
      ${ms('idle_in_transaction_session_timeout')} AS idle`,
  );
  const [found] = rows;
  if (!found) {
    throw new ToolError('The database does not answer as PostgreSQL does. Tell the user, or try again later.');
  }
  roleLimits.set(client, { limits: found, until: Date.now() + trustedMs });
  return found;
}

/** Opens a read-only transaction with the limits set in it, which it resolves with. */
export async function openReadOnly(client: pg.ClientBase, { statementTimeoutMs }: Limits): Promise<RoleLimits> {
  const role = await roleLimitsOf(client);
  const limits = {
    statement: lower(role.statement, statementTimeoutMs),
    lock: lower(role.lock, Math.min(statementTimeoutMs, 2_000)),
    idle: lower(role.idle, statementTimeoutMs + 10_000),
  };
  await client.query(openSql(limits));
  return limits;
}

/** A lower limit that an operator has set stays. */
function lower(ofRole: number, ours: number): number {
  return ofRole === 0 ? ours : Math.min(ofRole, ours);
}

/**
 * This is our own constant text, so several statements at once do no harm. standard_conforming_strings decides where a
 * literal ends, so it must be what the guard's parser assumes.
 */
function openSql({ statement, lock, idle }: RoleLimits): string {
  return `BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = ${statement};
    SET LOCAL lock_timeout = ${lock};
    SET LOCAL idle_in_transaction_session_timeout = ${idle};
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL DateStyle = ISO;
    SET LOCAL IntervalStyle = postgres;
    SET LOCAL bytea_output = hex;
    SET LOCAL extra_float_digits = 1`;
}
