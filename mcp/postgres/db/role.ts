import { ToolError } from '#mcp/kit.ts';
import type { Session } from './session.ts';

/** What the role could do beyond reading, worst first. */
interface RoleFacts {
  name: string;
  superuser: boolean;
  /** Attributes and predefined roles that reach past the data: files, programs, roles, replication. */
  server: string[];
  /** Rights to change data in this database. */
  writes: string[];
}

const factsSql = `
select r.rolname as name, r.rolsuper as superuser,
  array_remove(array[
    case when r.rolcreaterole then 'CREATEROLE' end, case when r.rolcreatedb then 'CREATEDB' end,
    case when r.rolreplication then 'REPLICATION' end, case when r.rolbypassrls then 'BYPASSRLS' end], null)
  || array(select m.rolname::text from pg_catalog.pg_roles m
            where m.rolname = any(array['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program',
                                        'pg_signal_backend', 'pg_checkpoint', 'pg_create_subscription'])
              and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')) as server,
  array(select 'member of ' || m.rolname from pg_catalog.pg_roles m
         where m.rolname = any(array['pg_write_all_data', 'pg_maintain', 'pg_database_owner'])
           and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER'))
  || array(select 'owner of ' || c.oid::regclass::text from pg_catalog.pg_class c
            where pg_catalog.pg_has_role(r.oid, c.relowner, 'MEMBER') and c.oid >= 16384
              and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') limit 3)
  || array(select 'write on ' || c.oid::regclass::text from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
              and n.nspname not like 'pg\\_t%'
              and (pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                   or pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')) limit 3)
  || array(select 'CREATE in schema ' || n.nspname from pg_catalog.pg_namespace n
            where n.nspname not like 'pg\\_t%' and pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') limit 3)
  || array(select 'CREATE in the database' where pg_catalog.has_database_privilege(r.oid, current_database(), 'CREATE'))
  as writes
from pg_catalog.pg_roles r where r.rolname = current_user`;

/**
 * How long a role that was found good is trusted: rights seldom change, and a check at every call would slow it down.
 */
const trustedMs = 60_000;

/** Refuses to work with rights that a tool must not have, in every database it enters. */
export class RoleCheck {
  readonly #allowWritable: boolean;
  readonly #goodUntil = new Map<string, number>();

  constructor(allowWritable: boolean) {
    this.#allowWritable = allowWritable;
  }

  /** @throws ToolError that names the right and the way to a proper role */
  async require(session: Session): Promise<void> {
    if ((this.#goodUntil.get(session.database) ?? 0) > Date.now()) return;
    const [facts] = (await session.own(factsSql)) as unknown as RoleFacts[];
    const problem = facts && problemOf(facts, this.#allowWritable);
    if (problem) throw new ToolError(problem);
    this.#goodUntil.set(session.database, Date.now() + trustedMs);
  }
}

function problemOf({ name, superuser, server, writes }: RoleFacts, allowWritable: boolean): string | undefined {
  const advice =
    'The operator makes a read-only role with mcp/postgres/role.sql (run it in every database) and puts it into POSTGRES_URL.';
  if (superuser) return `The database role "${name}" is a superuser; no query is run with it. ${advice}`;
  if (server.length > 0)
    return `The database role "${name}" has rights over the server (${server.join(', ')}). ${advice}`;
  if (writes.length === 0 || allowWritable) return undefined;
  return `The database role "${name}" may change data (${writes.slice(0, 4).join('; ')}). ${advice} Where that cannot be, POSTGRES_ALLOW_WRITABLE_ROLE=true accepts it.`;
}
