import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { freePort } from './ports.ts';

export interface TestS3 extends AsyncDisposable {
  endpoint: string;
  port: number;
  region: string;
  accessKey: string;
  secretKey: string;
  /** Holds a folder for each bucket with a file for each object; a file that is put there is an object at once. */
  dataDir: string;
  /** A client of the server's owner, to prepare and to look. */
  client: S3Client;
}

/** The S3 server of the tests: S3 API over a folder, one static binary. */
const VERSION = 'v1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'dragoman');
const binary = path.join(cache, `versitygw-${VERSION}`);

/** A build takes one to two minutes on a small machine. */
const BUILD_TIMEOUT_MS = 8 * 60_000;

/** Why suites that need a real S3 server are skipped here; undefined when they can run (the binary exists or can be built). */
export const s3Missing: string | undefined =
  existsSync(binary) || go() !== undefined
    ? undefined
    : 'no S3 server: Go is not installed, so versitygw cannot be built';

/** Longest time that `startTestS3` may take, for the timeouts of hooks. */
export const S3_START_TIMEOUT_MS = BUILD_TIMEOUT_MS + 30_000;

function go(): string | undefined {
  const places = ['go', '/usr/local/go/bin/go', path.join(homedir(), 'go/bin/go')];
  return places.find((place) => spawnSync(place, ['version'], { stdio: 'ignore' }).status === 0);
}

/**
 * The server's binary, built once for this user; a second process that builds at the same time wastes work but breaks
 * nothing. Throws when it cannot be built.
 */
export function s3Binary(): string {
  if (!existsSync(binary)) build();
  return binary;
}

function build(): void {
  const command = go();
  if (command === undefined) throw new Error('Go is not installed, so the S3 server for the tests cannot be built.');
  mkdirSync(cache, { recursive: true });
  const folder = path.join(cache, `build-${process.pid}`);
  const made = spawnSync(command, ['install', '-trimpath', '-ldflags=-s -w', MODULE], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
    timeout: BUILD_TIMEOUT_MS,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`go install ${MODULE} failed: ${made.stderr || String(made.error)}`);
  renameSync(path.join(folder, 'versitygw'), binary);
  rmSync(folder, { recursive: true, force: true });
  for (const name of readdirSync(cache))
    if (name.startsWith('versitygw-') && name !== path.basename(binary))
      rmSync(path.join(cache, name), { force: true });
}

/**
 * A real S3 server (versitygw) of its own on a free port: signatures are checked, names are stored as S3 has them.
 * The first start on a machine builds it. Rejects when it can be neither found nor built.
 */
export async function startTestS3(): Promise<TestS3> {
  const program = s3Binary();
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-s3-'));
  const accessKey = 'test-access';
  const secretKey = 'test-secret-key-0123456789';
  await Promise.all(['data', 'meta'].map((name) => mkdir(path.join(folder, name))));
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', `${folder}/meta`, `${folder}/data`];
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const region = 'us-east-1';
  await Promise.race([
    answering(endpoint),
    once(child, 'error').then(([error]) => Promise.reject(error as Error)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`versitygw ended with ${String(code)}`))),
  ]);
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    endpoint,
    port,
    region,
    accessKey,
    secretKey,
    dataDir: path.join(folder, 'data'),
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Any answer will do, also one that refuses an unsigned request. */
async function answering(endpoint: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      await (await fetch(endpoint)).arrayBuffer();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`no S3 server answers on ${endpoint}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
