import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { nextFreePort } from '#shared/ground/ports.ts';
import { embeddedBinaries, openBase } from './binaries.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { endLeftover } from './leftover.ts';
import { canRead, serverUser } from './server-user.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and its credentials; a later start uses the same data. */
  dataDir: string;
  /** When absent, a free port. */
  port?: number;
  /** Gets one line about what takes time or lies elsewhere than asked. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** The demo database as the role that can only read: POSTGRES_URL. */
  url: string;
  /** The same database as the superuser. */
  adminUrl: string;
  port: number;
  /** Resolves with the reason when the server ends unasked. */
  gone: Promise<string>;
}

const database = 'shop';
const agentRole = 'dragoman_ro';
const demoFile = path.resolve(import.meta.dirname, 'demo.sql');
const roleFile = path.resolve(import.meta.dirname, '../role.sql');

/** The comment is set last, so a database without it was left half made. */
const databaseComment = 'Demo: a small shop for coffee and tea with customers, products and orders';

/**
 * A PostgreSQL of our own with a demo shop in it, and the read-only role that mcp/postgres/role.sql makes. It runs as a
 * child of the calling process and ends with it. Installs no signal handlers.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const { admin, agent, fresh } = credentials(options.dataDir);
  const { folder, elsewhere } = clusterFolder(options.dataDir, log);
  // Whoever deletes `dataDir` begins anew. Nobody has the passwords of what lies elsewhere.
  if (fresh && elsewhere) await remove(folder);
  const cluster = await startCluster({
    binaries: await embeddedBinaries(),
    folder,
    port: options.port ?? (await nextFreePort(0)),
    password: admin,
  });
  try {
    await seed(cluster, agent, log);
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return {
    url: `postgres://${agentRole}:${agent}@127.0.0.1:${cluster.port}/${database}`,
    adminUrl: cluster.url(database),
    port: cluster.port,
    gone: cluster.gone,
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

async function remove(folder: string): Promise<void> {
  await endLeftover(folder);
  await rm(folder, { recursive: true, force: true });
}

/** Passwords of this cluster. They are made at random once: `fresh` says that it was just now. */
function credentials(dataDir: string): { admin: string; agent: string; fresh: boolean } {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'credentials.json');
  const password = () => randomBytes(24).toString('hex');
  let fresh = true;
  try {
    writeFileSync(file, JSON.stringify({ admin: password(), agent: password() }), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    fresh = false;
  }
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as { admin: string; agent: string }), fresh };
}

/** A folder below `dataDir`, or elsewhere when the server's user cannot reach that. */
function clusterFolder(dataDir: string, log: (line: string) => void): { folder: string; elsewhere: boolean } {
  const here = path.resolve(dataDir);
  if (canRead(serverUser(), here)) return { folder: path.join(here, 'cluster'), elsewhere: false };
  const name = createHash('sha256').update(here).digest('hex').slice(0, 12);
  const folder = path.join(openBase, `data-${name}`);
  mkdirSync(openBase, { recursive: true, mode: 0o755 });
  log(`PostgreSQL cannot run as root and its user cannot reach ${here}: its data lies in ${folder}.`);
  return { folder, elsewhere: true };
}

async function seed(cluster: Cluster, agentPassword: string, log: (line: string) => void): Promise<void> {
  if (!(await isSeeded(cluster))) {
    log('Filling the demo database …');
    await withClient(cluster.url('postgres'), async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${database}`);
      // Nobody needs to look into the server's own database.
      await client.query('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC');
    });
    await withClient(cluster.url(database), async (client) => {
      await client.query(await readFile(demoFile, 'utf8'));
      await client.query(`COMMENT ON DATABASE ${database} IS ${client.escapeLiteral(databaseComment)}`);
    });
  }
  // This runs at every start, so that the role's rights follow the file as it is now.
  await withClient(cluster.url(database), async (client) => {
    await client.query(`SET dragoman.role = '${agentRole}'; SET dragoman.password = '${agentPassword}'`);
    await client.query(await readFile(roleFile, 'utf8'));
  });
}

async function isSeeded(cluster: Cluster): Promise<boolean> {
  return withClient(cluster.url('postgres'), async (client) => {
    const sql = `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`;
    const { rows } = await client.query<{ comment: string | null }>(sql, [database]);
    return rows[0]?.comment === databaseComment;
  });
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
