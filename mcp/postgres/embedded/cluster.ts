import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { endLeftover } from './leftover.ts';
import { serverUser, type ServerUser } from './server-user.ts';
import { diesWithUs } from '#mcp/dies-with-us.ts';
import { processEnvironment } from '#shared/ground/config.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
}

export interface ClusterOptions {
  binaries: Binaries;
  /** The cluster itself; made when missing. When we are root, `serverUser()` must be able to reach it. */
  folder: string;
  port: number;
  /** The password of the superuser `postgres`. It is set when the cluster is made, so it must stay the same. */
  password: string;
  /** Settings of the server, such as `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
}

export interface Cluster extends AsyncDisposable {
  port: number;
  /** The superuser's URL. */
  url(database: string): string;
  pid: number;
  /** Resolves with the reason when the server ends unasked. */
  gone: Promise<string>;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Two-phase transactions outlive their session and hold locks for ever.
  max_prepared_transactions: '0',
  shared_buffers: '32MB',
};

/**
 * A PostgreSQL server of our own on loopback, made by initdb at the first start. When we are root, it runs as an
 * unprivileged user, which PostgreSQL demands. A server that was left behind on the same folder is ended first. Dispose
 * stops the server and keeps the data. Rejects with the server's last words when it does not come up.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const user = serverUser();
  await endLeftover(options.folder);
  if (!existsSync(path.join(options.folder, 'PG_VERSION'))) await initialise(options, user);
  const child = run(options, user);
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`PostgreSQL cannot be run: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve([`PostgreSQL ended (${code ?? signal})`, output.trim()].filter(Boolean).join(': ')),
    );
  });
  const url = (database: string) =>
    `postgres://postgres:${options.password}@127.0.0.1:${options.port}/${encodeURIComponent(database)}`;
  const problem = await Promise.race([answering(url('postgres')), gone]);
  if (problem !== undefined) {
    await stop(child);
    throw new Error(`PostgreSQL did not start. ${problem}`);
  }
  // What it said while it came up tells nothing of a later end.
  output = '';
  return { port: options.port, url, pid: child.pid ?? 0, gone, [Symbol.asyncDispose]: () => stop(child) };
}

async function initialise(options: ClusterOptions, user: ServerUser | undefined): Promise<void> {
  const { binaries, folder, password } = options;
  // An initdb that was killed leaves a folder that is no cluster.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const secrets = await mkdtemp(path.join(tmpdir(), 'dragoman-initdb-'));
  const passwordFile = path.join(secrets, 'password');
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    for (const place of user ? [folder, secrets, passwordFile] : []) await chown(place, user!.uid, user!.gid);
    const args = ['-D', folder, '-U', 'postgres', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8'];
    // initdb does not wait for a thousand files to reach the disk: only a power cut in the first seconds could do harm.
    await finished(binaries.initdb, [...args, '--no-locale', '--no-instructions', '--no-sync'], user);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
}

async function finished(command: string, args: string[], user: ServerUser | undefined): Promise<void> {
  const child = spawn(command, args, { ...user, cwd: '/', env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${path.basename(command)} failed (${String(code)}): ${output.trim()}`);
}

function run(options: ClusterOptions, user: ServerUser | undefined): ChildProcess {
  const { binaries, folder, port } = options;
  const flags = Object.entries({ ...settings, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [command, ...args] = diesWithUs([binaries.postgres, '-D', folder, '-p', String(port), ...flags], user);
  return spawn(command!, args, { cwd: '/', env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Asks for messages in English. Our own environment is left out: it holds secrets. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, TZ } = processEnvironment();
  return { PATH, LC_ALL: 'C', ...(TZ ? { TZ } : {}) };
}

/** Resolves with nothing when the server answers, or with the problem after a minute. */
async function answering(url: string): Promise<string | undefined> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return undefined;
    } catch (error) {
      // 28P01 (wrong password): the server answers, and waiting will not change the password.
      const { code, message } = error as { code?: string; message: string };
      if (code === '28P01' || performance.now() > deadline) return message;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes everything to disk. A server that hangs in it
 * gets SIGQUIT, after which the next start reads its log of writes.
 */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  await ended;
  clearTimeout(late);
}
