import { createHash, randomBytes } from 'node:crypto';

/** The files of one group by name: what stands in the volume, or is made anew. */
export type Files = Record<string, string>;

/** Makes what a group lacks. `have` holds the files that exist; the result holds all that must exist. */
export type Maker = (have: Files) => Files;

/** Servers whose tools LiteLLM's own MCP gateway may call, each with a token of its own. */
export const mcpServers = ['postgres', 'storage', 'fetch', 'filesystem'] as const;

function random(): string {
  return randomBytes(24).toString('hex');
}

/** The stack's own secrets by group; a group is one volume, mounted only by the services that need it. */
export const groups: Record<string, Maker> = {
  signing: (have) => ({ key: have['key'] ?? random() + random() }),
  redis: (have) => {
    const password = have['password'] ?? random();
    return { password, url: `redis://:${password}@redis:6379`, 'redis.conf': redisConf(password) };
  },
  litellm: (have) => ({ key: have['key'] ?? `sk-${random()}` }),
  'litellm-db': (have) => ({ password: have['password'] ?? random() }),
  'postgres-admin': (have) => ({ password: have['password'] ?? random() }),
  'postgres-reader': (have) => {
    const password = have['password'] ?? random();
    return { password, url: `postgresql://dragoman_ro:${password}@postgres:5432/shop` };
  },
  archive: (have) => {
    const password = have['password'] ?? random();
    return { password, url: `postgresql://dragoman_archive:${password}@postgres:5432/dragoman_archive` };
  },
  s3: (have) => ({ access_key: have['access_key'] ?? 'dragoman', secret_key: have['secret_key'] ?? random() }),
  grafana: (have) => ({ password: have['password'] ?? random() }),
  'mcp-tokens': (have) => {
    const before = new Map([...(have['tokens.env'] ?? '').matchAll(/^(\w+)=(\w+)$/gm)].map((m) => [m[1], m[2]]));
    const lines = mcpServers.map((server) => {
      const name = tokenVariable(server);
      return `${name}=${before.get(name) ?? random()}`;
    });
    return { 'tokens.env': `${lines.join('\n')}\n` };
  },
};

/** Under which name LiteLLM's configuration finds the token for a server's tool-runner. */
export function tokenVariable(server: string): string {
  return `MCP_TOKEN_${server.toUpperCase()}`;
}

/** What a tool-runner knows of LiteLLM's token: its hash, by the client's name. */
export function clientsFile(tokensEnv: string, server: string): string {
  const token = new RegExp(`^${tokenVariable(server)}=(\\w+)$`, 'm').exec(tokensEnv)?.[1] ?? '';
  return `${JSON.stringify({ litellm: createHash('sha256').update(token).digest('hex') })}\n`;
}

/** `appendfsync always`: an acknowledged request survives kill -9; `noeviction`: BullMQ's keys are not a cache. */
function redisConf(password: string): string {
  return `bind * -::*
port 6379
dir /data
appendonly yes
appendfsync always
save ""
maxmemory 768mb
maxmemory-policy noeviction
requirepass ${password}
`;
}
