import path from 'node:path';
import type { Build } from './build.ts';
import { seedWorkspace } from '#services/setup/demo/workspace.ts';
import { nextFreePort } from './ports.ts';
import { findRedis } from './redis.ts';

const playgroundPort = 8090;

type Variables = Record<string, string>;

/** The bot's place: variables of the ingress, and the playground's page where it is on that. */
export interface Door {
  env: Variables;
  page: string | undefined;
}

/**
 * Starts everything: backends, model and tool-runners at once, then the worker and the door to Discord. Resolves when
 * all are ready; rejects with StartError when a part cannot start. `door: false`: a question from the terminal does not
 * go through Discord, and a bot that shows up there for seconds would only confuse.
 */
export async function startStack(build: Build, options: { door: boolean }): Promise<Door> {
  const signing = { DRAGOMAN_SIGNING_KEY: build.env['DRAGOMAN_SIGNING_KEY'] || build.state.secret('signing-key') };
  const [redis, model, runners, door] = await Promise.all([
    startRedis(build),
    startModel(build),
    startToolRunners(build, signing),
    options.door ? startDiscord(build) : noDoor,
  ]);
  const core = { ...redis, ...signing };
  Object.assign(build.environment, core, model, runners, door.env);
  const worker = { ...core, ...model, ...runners };
  await Promise.all([
    build.start('worker', { name: 'worker', script: 'services/worker/main.ts', env: worker }),
    options.door &&
      build.start('doors', { name: 'ingress', script: 'services/ingress/main.ts', env: { ...core, ...door.env } }),
  ]);
  return door;
}

const noDoor: Door = { env: {}, page: undefined };

async function startRedis(build: Build): Promise<Variables> {
  const { REDIS_URL } = build.env;
  if (REDIS_URL) return { REDIS_URL };
  const way = await findRedis((text) => build.screen.note(text));
  return build.backend('redis', { redis: { way, password: build.state.secret('redis') } });
}

/** The configured endpoint, or the offline model. */
async function startModel(build: Build): Promise<Variables> {
  const { LITELLM_API_BASE, LITELLM_API_KEY, MODEL_NAME } = build.env;
  if (LITELLM_API_BASE) {
    return {
      LITELLM_API_BASE,
      ...(LITELLM_API_KEY ? { LITELLM_API_KEY } : {}),
      ...(MODEL_NAME ? { MODEL_NAME } : {}),
    };
  }
  const model = await build.start('servers', {
    name: 'offline-model',
    script: 'litellm/offline/main.ts',
    env: { HOST: '127.0.0.1', PORT: '0' },
    pin: ({ api = '' }) => ({ PORT: new URL(api).port }),
  });
  return { LITELLM_API_BASE: model.addresses()['api'] ?? '', LITELLM_API_KEY: 'none', MODEL_NAME: 'offline' };
}

/** The tool-runners, each with its backend: the configured one, or one of our own with demo data. */
async function startToolRunners(build: Build, signing: Variables): Promise<Variables> {
  const runners = await Promise.all([
    toolRunner(build, 'postgres', signing, () => postgresOf(build)),
    toolRunner(build, 'storage', signing, () => storageOf(build)),
    toolRunner(build, 'filesystem', signing, () => workspaceOf(build)),
    toolRunner(build, 'fetch', signing, async () => ({})),
  ]);
  return { TOOL_RUNNERS: runners.join(',') };
}

async function toolRunner(
  build: Build,
  domain: string,
  signing: Variables,
  backend: () => Promise<Variables>,
): Promise<string> {
  const calls = path.join(build.state.folder('calls'), `${domain}.jsonl`);
  const variables = await backend();
  // For `dragoman mcp`, which serves the same backend over stdio.
  Object.assign(build.environment, variables);
  const runner = await build.start('servers', {
    name: `tool-runner-${domain}`,
    script: 'services/tool-runner/main.ts',
    env: {
      ...signing,
      ...variables,
      MCP_SERVER: domain,
      HOST: '127.0.0.1',
      PORT: '0',
      IDEMPOTENCY_FILE: calls,
    },
    pin: ({ mcp = '' }) => ({ PORT: new URL(mcp).port }),
  });
  return `${domain}=${runner.addresses()['mcp']}`;
}

/** Variables of a domain that the person has set; undefined when the first of them, which decides, is not. */
function configured(env: NodeJS.ProcessEnv, [decisive = '', ...others]: string[]): Variables | undefined {
  const named = [decisive, ...others].flatMap((name) => [name, `${name}_FILE`]);
  const set = Object.fromEntries(named.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return decisive in set || `${decisive}_FILE` in set ? set : undefined;
}

async function postgresOf(build: Build): Promise<Variables> {
  return configured(build.env, ['POSTGRES_URL']) ?? build.backend('postgres');
}

async function storageOf(build: Build): Promise<Variables> {
  return configured(build.env, ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']) ?? build.backend('storage');
}

async function workspaceOf(build: Build): Promise<Variables> {
  const own = configured(build.env, ['FILESYSTEM_ROOT']);
  if (own) return own;
  const folder = build.state.folder('workspace');
  await seedWorkspace(folder);
  return { FILESYSTEM_ROOT: folder };
}

/** The real Discord where a token is set, else the playground. */
async function startDiscord(build: Build): Promise<Door> {
  const { DISCORD_TOKEN, DISCORD_TOKEN_FILE, DISCORD_API_BASE } = build.env;
  const api: Variables = DISCORD_API_BASE ? { DISCORD_API_BASE } : {};
  if (DISCORD_TOKEN) return { env: { ...api, DISCORD_TOKEN }, page: undefined };
  if (DISCORD_TOKEN_FILE) return { env: { ...api, DISCORD_TOKEN_FILE }, page: undefined };
  const wanted = Number(build.env['PLAYGROUND_PORT'] || playgroundPort);
  const port = await nextFreePort(wanted);
  if (port !== wanted) build.screen.note(`Port ${wanted} is taken; the playground takes ${port}.`);
  const token = build.state.secret('playground-token');
  const playground = await build.start('servers', {
    name: 'playground',
    script: 'services/playground/main.ts',
    env: { PLAYGROUND_PORT: String(port), PLAYGROUND_TOKEN: token },
  });
  const { discordApiBase = '', page } = playground.addresses();
  return { env: { DISCORD_TOKEN: token, DISCORD_API_BASE: discordApiBase }, page };
}
