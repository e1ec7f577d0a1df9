import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diesWithUs } from '#mcp/dies-with-us.ts';
import { freePort } from '#test/lib/ports.ts';
import { restateService } from './modules.ts';
import { loadPeer, restateBinary } from './packages.ts';
import { startPeerWorker, type System } from './system.ts';

/**
 * One restate-server with its defaults, except for addresses and telemetry. Runs are sent to its ingress, and then
 * attached to.
 */
export async function startRestate(): Promise<System> {
  const server = await startServer();
  const workerPort = await freePort();
  const clients = loadPeer('@restatedev/restate-sdk-clients');
  const client = clients.connect({ url: server.ingress });
  const service = client.serviceSendClient({ name: restateService });
  let registered = false;
  return {
    name: 'restate',
    server: server.pid,
    async startWorker(played) {
      const env = { PORT: String(workerPort), RESTATE_LOGGING: 'ERROR' };
      const worker = await startPeerWorker('restate.worker.ts', played, env);
      if (!registered) await post(`${server.admin}/deployments`, { uri: `http://127.0.0.1:${workerPort}` });
      registered = true;
      return worker;
    },
    async ask(id, text) {
      return client.result(await service.run({ id, text }, clients.SendOpts.from({ idempotencyKey: id })));
    },
    async neededHuman() {
      const query = "SELECT count(*) AS paused FROM sys_invocation WHERE status = 'paused'";
      const { rows } = (await post(`${server.admin}/query`, { query })) as { rows: { paused: number }[] };
      return rows[0]?.paused ?? 0;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function startServer() {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-restate-'));
  const [ingressPort, adminPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  const [command = '', ...args] = diesWithUs([restateBinary(), '--no-logo'], undefined);
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      RESTATE_BASE_DIR: folder,
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_PORT: String(nodePort),
      RESTATE_INGRESS__BIND_PORT: String(ingressPort),
      RESTATE_ADMIN__BIND_PORT: String(adminPort),
      DO_NOT_TRACK: '1',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_ADMIN__DISABLE_WEB_UI: 'true',
      RESTATE_LOG_FILTER: 'error',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2_000)));
  const [ingress, admin] = [`http://127.0.0.1:${ingressPort}`, `http://127.0.0.1:${adminPort}`];
  const gone = once(child, 'exit');
  await Promise.race([
    Promise.all([answers(`${admin}/health`), answers(`${ingress}/restate/health`)]),
    gone.then(([code]) => Promise.reject(new Error(`restate-server ended with ${String(code)}: ${words}`))),
  ]);
  return {
    ingress,
    admin,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(force);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the address answers 200; rejects after a minute. */
async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadline) throw new Error(`nothing answers at ${url}`);
    await sleep(100);
  }
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
