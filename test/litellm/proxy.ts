import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePort } from '#test/lib/ports.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The parts of litellm/config.yaml that tests change. */
export interface LitellmConfig {
  model_list: { model_name: string; litellm_params: Record<string, unknown>; model_info?: Record<string, unknown> }[];
  router_settings: Record<string, unknown>;
  litellm_settings: Record<string, unknown>;
  mcp_servers: Record<string, { url: string }>;
}

export interface LitellmProxy extends AsyncDisposable {
  /** Without `/v1`. */
  url: string;
  key: string;
  /** All that it wrote. */
  log: string;
}

const startMs = 240_000;

/**
 * Starts the real proxy with litellm/config.yaml, changed by `change`, on a free port of loopback. For `folder` see
 * installLitellm.
 */
export async function startLitellm(
  folder: string,
  environment: Record<string, string>,
  change: (config: LitellmConfig) => void,
): Promise<LitellmProxy> {
  const config = parse(readFileSync(path.join(root, 'litellm/config.yaml'), 'utf8')) as LitellmConfig;
  change(config);
  const home = mkdtempSync(path.join(tmpdir(), 'dragoman-litellm-'));
  writeFileSync(path.join(home, 'config.yaml'), stringify(config));
  const port = await freePort();
  const key = 'sk-contract-tests';
  const log = path.join(home, 'log');
  const out = createWriteStream(log);
  await once(out, 'open');
  const args = ['--config', 'config.yaml', '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'];
  const child = spawn(path.join(folder, 'bin/litellm'), args, {
    cwd: home,
    env: {
      ...process.env,
      LITELLM_MASTER_KEY: key,
      // The proxy uses the list that came with its version, not the newest one from the network.
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      PYTHONUNBUFFERED: '1',
      ...environment,
    },
    stdio: ['ignore', out, out],
  });
  let ended = false;
  const gone = once(child, 'exit').then(() => (ended = true));
  const url = `http://127.0.0.1:${port}`;
  const proxy: LitellmProxy = {
    url,
    key,
    get log() {
      return readFileSync(log, 'utf8');
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
  for (const end = Date.now() + startMs; !(await alive(url)); await sleep(250)) {
    if (ended || Date.now() > end) {
      const written = proxy.log;
      await proxy[Symbol.asyncDispose]();
      throw new Error(`LiteLLM does not start:\n${written.slice(-3_000)}`);
    }
  }
  return proxy;
}

async function alive(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/readiness`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}
