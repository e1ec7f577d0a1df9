import { existsSync, mkdtempSync, readdirSync, readFileSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { embeddedBinaries } from '#mcp/postgres/embedded/binaries.ts';
import { startCluster, type Binaries } from '#mcp/postgres/embedded/cluster.ts';
import { freePort } from './ports.ts';

export interface TestPostgres extends AsyncDisposable {
  port: number;
  /** The major version, such as 15. */
  version: number;
  /** Process of the server. */
  pid: number;
  /** The URL of the superuser. */
  adminUrl(database?: string): string;
  /** The URL of a role that a script made. */
  url(role: string, password: string, database: string): string;
  /** Runs statements as the superuser. Returns the rows of the last one. */
  admin(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Makes (or corrects) the read-only role with mcp/postgres/role.sql. Returns its URL. */
  readOnlyRole(database: string, options?: { role?: string; schemas?: string }): Promise<string>;
}

const password = 'test-password';
const systemBase = '/usr/lib/postgresql';
const roleFile = path.resolve(import.meta.dirname, '../../mcp/postgres/role.sql');

/**
 * The newest PostgreSQL older than `before` that is installed with its contrib modules; undefined when there is none.
 */
export function installedPostgres(before = Infinity): number | undefined {
  const versions = existsSync(systemBase) ? readdirSync(systemBase).map(Number).filter(Number.isFinite) : [];
  return versions
    .toSorted((a, b) => b - a)
    .filter((version) => version < before)
    .find((version) => Object.values(installedBinaries(version)).every(existsSync));
}

function installedBinaries(version: number): Binaries {
  const bin = path.join(systemBase, String(version), 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

/**
 * The binaries of the folder in POSTGRES_TEST_BIN (`npm run test:postgres-versions` sets it), else of an installed
 * PostgreSQL, else of the one from npm.
 */
async function binaries(before?: number): Promise<Binaries> {
  const given = process.env['POSTGRES_TEST_BIN'];
  if (given && before === undefined)
    return { initdb: path.join(given, 'initdb'), postgres: path.join(given, 'postgres') };
  const version = installedPostgres(before);
  if (version === undefined && before !== undefined) throw new Error(`no PostgreSQL before ${before} is installed`);
  return version === undefined ? embeddedBinaries() : installedBinaries(version);
}

/** How long `startTestPostgres` may take on a busy machine, for the timeouts of hooks. */
export const POSTGRES_START_TIMEOUT_MS = 90_000;

/**
 * A real PostgreSQL of its own on a free port; its data is deleted with it. Roles, limits and cancelling are real.
 * `before` asks for an installed one that is older than this major version.
 */
export async function startTestPostgres(
  options: { settings?: Record<string, string>; before?: number } = {},
): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-postgres-'));
  // When we are root, the server runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o755);
  const cluster = await startCluster({
    binaries: await binaries(options.before),
    folder: path.join(folder, 'cluster'),
    port: await freePort(),
    password,
    // Nothing here outlives the test, so there is no need to wait for the disk.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', ...options.settings },
  });
  const admin = (sql: string, database = 'postgres') => run(cluster.url(database), sql);
  const [row] = await admin('SHOW server_version_num');
  const url = (role: string, rolePassword: string, database: string) =>
    `postgres://${role}:${rolePassword}@127.0.0.1:${cluster.port}/${database}`;
  return {
    port: cluster.port,
    pid: cluster.pid,
    version: Math.floor(Number(row?.['server_version_num']) / 10_000),
    adminUrl: (database = 'postgres') => cluster.url(database),
    url,
    admin,
    async readOnlyRole(database, { role = 'dragoman_ro', schemas = 'public' } = {}) {
      const set = `SET dragoman.role = '${role}'; SET dragoman.password = 'reader'; SET dragoman.schemas = '${schemas}';`;
      await admin(`${set}${readFileSync(roleFile, 'utf8')}`, database);
      return url(role, 'reader', database);
    },
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Several statements give several results.
    const result = (await client.query(sql)) as unknown as
      | { rows: Record<string, unknown>[] }
      | { rows: Record<string, unknown>[] }[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}
