import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Variables } from '#mcp/stack.ts';
import type { Build } from './build.ts';
import { checkGivenRedis } from './given.ts';
import { httpDoorVariables } from './http-door.ts';
import { tellLocalModels } from './local-model.ts';
import { portFor } from './port.ts';
import { findRedis } from './redis-way.ts';
import { startServers, type Servers } from './servers.ts';

const playgroundPort = 8090;
/**
 * How many milliseconds servers of others get when everything else is up. By then most are ready, so their lines do not
 * mix with later ones.
 */
const patienceMs = 2_000;

/** Where the bot takes questions: variables of the ingress, and the playground's page where the bot is on that. */
export interface Door {
  env: Variables;
  page: string | undefined;
}

/** What is known as soon as the doors' ports are, long before everything is ready. */
export interface Addresses {
  /** The playground's page; undefined where the bot is on Discord. */
  page: string | undefined;
  /** Where the HTTP API will answer. */
  api: string;
}

export interface Stack {
  door: Door;
  /** Where the HTTP API answers; undefined without doors. */
  api: string | undefined;
  /** The stack's MCP servers, some of which may take longer. */
  servers: Servers;
}

/**
 * Starts everything: first backends, model and tool-runners at once, then the worker, the HTTP API and the ingress.
 * Resolves when all are ready, apart from servers of others that take long and MCP servers that are away. Rejects with
 * StartError when another part cannot start. `door: false` starts neither ingress nor HTTP API: a question from the
 * terminal goes through neither, and a bot that shows up on Discord for seconds would only confuse. `onAddresses` is
 * called when the page answers.
 */
export async function startStack(
  build: Build,
  options: { door: boolean; onAddresses?: (addresses: Addresses) => void },
): Promise<Stack> {
  const signingKey = build.env['DRAGOMAN_SIGNING_KEY'] || build.state.secret('signing-key');
  // The playground comes first, because people look at its page while the rest is started.
  const doors = options.door ? startDoors(build, options.onAddresses) : noDoors;
  const [redis, model, servers, [door, http]] = await Promise.all([
    startRedis(build),
    startModel(build),
    startServers(build, signingKey),
    doors,
  ]);
  const worker = { ...redis, DRAGOMAN_SIGNING_KEY: signingKey, ...archiveOf(build), ...model, ...servers.variables };
  const files = filesOf(build);
  Object.assign(build.environment, worker, files, door.env);
  const [, api] = await Promise.all([
    build.start('worker', { name: 'worker', script: 'services/worker/main.ts', env: worker }),
    options.door && startApi(build, { ...redis, ...archiveOf(build), ...model, ...files, ...http }),
    options.door &&
      build.start('doors', {
        name: 'ingress',
        script: 'services/ingress/main.ts',
        env: { ...redis, ...toolsOf(servers), ...door.env },
      }),
  ]);
  // A question that is asked as soon as the addresses are known should find our own tools.
  await servers.domains;
  await Promise.race([servers.settled, delay(patienceMs, undefined, { ref: false })]);
  return { door, api: api || undefined, servers };
}

/** What the ingress needs to serve the tools that are its own. */
function toolsOf({ door, variables: { MCP_SERVERS_FILE = '' } }: Servers): Variables {
  return { ...door, MCP_SERVERS_FILE };
}

const noDoors: [door: Door, http: Variables] = [{ env: {}, page: undefined }, {}];

/** Starts the playground, if the bot is on it, and chooses the HTTP API's port. */
async function startDoors(
  build: Build,
  onAddresses: ((addresses: Addresses) => void) | undefined,
): Promise<[door: Door, http: Variables]> {
  const doors = await Promise.all([startDiscord(build), httpDoorVariables(build)]);
  const [{ page }, { API_PORT = '' }] = doors;
  if (API_PORT !== '0') onAddresses?.({ page, api: `http://127.0.0.1:${API_PORT}` });
  return doors;
}

/** Starts the HTTP API, and tells the terminal where it is. Resolves with its address. */
async function startApi(build: Build, env: Variables): Promise<string> {
  const { api = '' } = (await build.start('doors', { name: 'api', script: 'services/api/main.ts', env })).addresses();
  Object.assign(build.environment, { DRAGOMAN_API_URL: new URL(api).origin });
  return api;
}

/** Only the worker, the HTTP API, and operators at a terminal may read what people have asked. */
function archiveOf({ env: { ARCHIVE_URL, ARCHIVE_URL_FILE } }: Build): Variables {
  return { ...(ARCHIVE_URL && { ARCHIVE_URL }), ...(ARCHIVE_URL_FILE && { ARCHIVE_URL_FILE }) };
}

async function startRedis(build: Build): Promise<Variables> {
  const { REDIS_URL } = build.env;
  if (REDIS_URL) {
    await checkGivenRedis(REDIS_URL);
    return { REDIS_URL };
  }
  const way = await findRedis((text) => build.screen.note(text));
  return build.backend('redis', { redis: { way, password: build.state.secret('redis') } });
}

/** The variables of the configured endpoint, or those of the offline model, which this starts. */
async function startModel(build: Build): Promise<Variables> {
  const { LITELLM_API_BASE, LITELLM_API_KEY, MODEL_NAME } = build.env;
  if (LITELLM_API_BASE) {
    return {
      LITELLM_API_BASE,
      ...(LITELLM_API_KEY ? { LITELLM_API_KEY } : {}),
      ...(MODEL_NAME ? { MODEL_NAME } : {}),
    };
  }
  void tellLocalModels(build.screen);
  const model = await build.start('servers', {
    name: 'offline-model',
    script: 'litellm/offline/main.ts',
    env: { HOST: '127.0.0.1', PORT: '0' },
    pin: ({ api = '' }) => ({ PORT: new URL(api).port }),
  });
  return { LITELLM_API_BASE: model.addresses()['api'] ?? '', LITELLM_API_KEY: 'none', MODEL_NAME: 'offline' };
}

/** `dragoman` tells people what they may do and which keys there are, so it must read what the services read. */
function filesOf({ env: { POLICY_FILE, DRAGOMAN_API_KEYS_FILE } }: Build): Variables {
  return {
    ...(POLICY_FILE && { POLICY_FILE: path.resolve(POLICY_FILE) }),
    ...(DRAGOMAN_API_KEYS_FILE && { DRAGOMAN_API_KEYS_FILE: path.resolve(DRAGOMAN_API_KEYS_FILE) }),
  };
}

/** The real Discord where a token is set, else the playground, which this starts. */
async function startDiscord(build: Build): Promise<Door> {
  const { DISCORD_TOKEN, DISCORD_TOKEN_FILE, DISCORD_API_BASE } = build.env;
  const api: Variables = DISCORD_API_BASE ? { DISCORD_API_BASE } : {};
  if (DISCORD_TOKEN) return { env: { ...api, DISCORD_TOKEN }, page: undefined };
  if (DISCORD_TOKEN_FILE) return { env: { ...api, DISCORD_TOKEN_FILE }, page: undefined };
  const wanted = build.env['PLAYGROUND_PORT'] || String(playgroundPort);
  const port = await portFor('the playground', wanted, build.screen);
  const token = build.state.secret('playground-token');
  const playground = await build.start('servers', {
    name: 'playground',
    script: 'services/playground/main.ts',
    env: { PLAYGROUND_PORT: port, PLAYGROUND_TOKEN: token },
  });
  const { discordApiBase = '', page } = playground.addresses();
  return { env: { DISCORD_TOKEN: token, DISCORD_API_BASE: discordApiBase }, page };
}
