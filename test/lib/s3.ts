import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { freePort } from './ports.ts';
import { s3Binary } from './s3-binary.ts';

export { s3Missing } from './s3-binary.ts';

export interface TestS3 extends AsyncDisposable {
  endpoint: string;
  port: number;
  region: string;
  accessKey: string;
  secretKey: string;
  /** Holds a folder for each bucket with a file for each object. A file that is put there is an object at once. */
  dataDir: string;
  /** A client of the server's owner, for preparing and looking. */
  client: S3Client;
}

/**
 * A real S3 server (versitygw) of its own on a free port. It checks signatures and stores names as S3 has them. `npm
 * test` builds it beforehand; suites look at `s3Missing` first.
 */
export async function startTestS3(): Promise<TestS3> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-s3-'));
  const accessKey = 'test-access';
  const secretKey = 'test-secret-key-0123456789';
  await Promise.all(['data', 'meta'].map((name) => mkdir(path.join(folder, name))));
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', `${folder}/meta`, `${folder}/data`];
  const child = spawn(s3Binary, args, {
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

/** Waits for any answer, also one that refuses an unsigned request. */
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
