import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { config } from '#services/api/config.ts';
import { createContext } from '#services/api/context.ts';
import { createApiKey, type NewApiKey } from '#shared/rights/api-keys.ts';
import { startRig, type Rig, type RigOptions } from '#test/worker/rig.ts';

/** The HTTP door in this process, with a worker's surroundings around it. */
export interface ApiRig extends AsyncDisposable {
  rig: Rig;
  /** Where the door answers, without `/v1`. */
  url: string;
  /** Makes a key and returns it; by default with the role `member`. */
  key(asked?: Partial<NewApiKey>): Promise<string>;
  /** Sends a request as it is. */
  send(route: string, init?: RequestInit & { key?: string; json?: unknown }): Promise<Response>;
  /** OpenAI's own library, with this key. */
  openai(key: string): OpenAI;
  /** Ends the door alone, as SIGTERM does. */
  stop(): Promise<void>;
}

export interface ApiRigOptions extends RigOptions {
  /** Variables of the door. */
  api?: Record<string, string | number>;
  /** A policy to use instead of the repository's. */
  policy?: string;
}

let names = 0;

export async function startApiRig(options: ApiRigOptions = {}): Promise<ApiRig> {
  const rig = await startRig({ ...options, model: { models: ['gpt-agent', 'other'], ...options.model } });
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-api-'));
  const policyFile = path.join(folder, 'policy.yaml');
  if (options.policy !== undefined) await writeFile(policyFile, options.policy);
  const door = await createContext(
    config.parse({
      REDIS_URL: rig.server.url,
      LITELLM_API_BASE: rig.model.url,
      MODEL_NAME: 'gpt-agent',
      API_PORT: 0,
      SHUTDOWN_GRACE_MS: 200,
      ...(options.policy !== undefined && { POLICY_FILE: policyFile }),
      ...options.api,
    }),
  );
  const url = new URL(door.addresses?.['api'] ?? '').origin;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= Promise.resolve(door[Symbol.asyncDispose]()));
  return {
    rig,
    url,
    async key(asked = {}) {
      const { key } = await createApiKey(rig.redis, { name: `key${(names += 1)}`, roles: ['member'], ...asked });
      return key;
    },
    send(route, { key, json, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
      if (json !== undefined) headers.set('content-type', 'application/json');
      const body = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
      return fetch(`${url}${route}`, { ...body, ...init, headers });
    },
    openai: (apiKey) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 }),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rig[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
