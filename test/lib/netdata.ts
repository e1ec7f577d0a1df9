import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { onPath } from '#start/apt.ts';
import { startChildServer, type ChildServer } from './child-server.ts';
import { freePort } from './ports.ts';

/** Debian puts it where only root's path leads. */
const program = ['/usr/sbin/netdata', 'netdata'].find((each) => existsSync(each) || onPath(each));

/** Why suites that need Netdata are skipped here; undefined when they can run. */
export const netdataMissing: string | undefined =
  program === undefined ? 'Netdata is not installed: apt-get install netdata-core' : undefined;

/** A real Netdata agent that has begun to measure this machine. It keeps everything in memory. */
export async function startTestNetdata(): Promise<ChildServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-netdata-'));
  const port = await freePort();
  for (const name of ['cache', 'lib', 'log', 'web']) await mkdir(path.join(folder, name));
  const config = path.join(folder, 'netdata.conf');
  await writeFile(config, configuration(folder, port));
  const server = await startChildServer({
    program: program ?? 'netdata',
    args: ['-D', '-c', config],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/api/v1/data?chart=system.cpu&after=-2&points=2',
  });
  await measured(server.url);
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for some seconds of values: an agent that has just begun answers without any. */
async function measured(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/v1/charts`);
    const { charts = {} } = (await response.json()) as { charts?: Record<string, { duration: number }> };
    const isThere = Object.keys(charts).some((id) => id.startsWith('net.'));
    if (isThere && (charts['system.cpu']?.duration ?? 0) >= 6) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function configuration(folder: string, port: number): string {
  const plugins = ['go.d', 'python.d', 'charts.d', 'node.d', 'apps', 'cgroups', 'tc', 'ebpf', 'perf', 'slabinfo'];
  return [
    '[global]',
    `run as user = ${userInfo().username}`,
    '[directories]',
    ...['cache', 'lib', 'log', 'web'].map((name) => `${name} = ${folder}/${name}`),
    '[logs]',
    ...['debug', 'error', 'access'].map((name) => `${name} = none`),
    '[db]',
    'mode = ram',
    'retention = 900',
    '[web]',
    'bind to = 127.0.0.1',
    `default port = ${port}`,
    '[plugins]',
    ...plugins.map((name) => `${name} = no`),
    '[ml]',
    'enabled = no',
    '[health]',
    'enabled = no',
    '',
  ].join('\n');
}
