import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { keepLoopbackDirect } from './loopback.ts';

test.each([
  [{}, {}],
  [{ HTTPS_PROXY: 'http://p:1' }, { NO_PROXY: '127.0.0.1,localhost,::1' }],
  [{ http_proxy: 'http://p:1', NO_PROXY: '.corp, localhost' }, { NO_PROXY: '.corp,localhost,127.0.0.1,::1' }],
  [
    { ALL_PROXY: 'http://p:1', no_proxy: 'a' },
    { no_proxy: 'a,127.0.0.1,localhost,::1', NO_PROXY: '127.0.0.1,localhost,::1' },
  ],
  [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '*' }, {}],
])('%o', (env, added) => {
  const changed = { ...env };
  keepLoopbackDirect(changed);
  expect(changed).toEqual({ ...env, ...added });
});

test('a process that was begun with a proxy asks this machine itself, and so do those that it starts', async () => {
  const server = createServer((_, response) => response.end('direct')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = `console.log(await fetch('${url}').then((each) => each.text(), () => 'by the proxy'));`;
  const code = `
    const { keepLoopbackDirect } = await import('${path.join(import.meta.dirname, 'loopback.ts')}');
    keepLoopbackDirect(process.env);
    ${ask}
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(ask)}], { stdio: 'inherit' });`;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: '' };
  // The played server must answer meanwhile, so that nothing here may wait for the process.
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
  server.close();
  expect(stdout.trim().split('\n').toSorted()).toEqual(['direct', 'direct']);
});
