import { createHash, randomBytes } from 'node:crypto';
import { domainNames, stackOf } from '#mcp/domains.ts';
import type { DomainStack } from '#mcp/stack.ts';
import { tokenVariable } from '#shared/servers/gateway-token.ts';

/** The files of one group by name: those in the volume, or those that are made anew. */
export type Files = Record<string, string>;

/** Makes what a group lacks. `have` holds the files that exist; the result holds all files that must exist. */
export type Maker = (have: Files) => Files;

function random(): string {
  return randomBytes(24).toString('hex');
}

/** The stack's own secrets by group; a group is one volume, mounted only by the services that need it. */
export const ownGroups: Record<string, Maker> = {
  signing: (have) => ({ key: have['key'] ?? random() + random() }),
  redis: (have) => {
    const password = have['password'] ?? random();
    return { password, url: `redis://:${password}@redis:6379`, 'redis.conf': redisConf(password) };
  },
  litellm: (have) => ({ key: have['key'] ?? `sk-${random()}` }),
  'litellm-db': (have) => ({ password: have['password'] ?? random() }),
  'postgres-admin': (have) => ({ password: have['password'] ?? random() }),
  archive: (have) => {
    const password = have['password'] ?? random();
    return { password, url: `postgresql://dragoman_archive:${password}@postgres:5432/dragoman_archive` };
  },
  webui: (have) => ({ key: have['key'] ?? `sk-${random()}`, session: have['session'] ?? random() }),
  grafana: (have) => ({ password: have['password'] ?? random() }),
};

/** Groups of secrets by name: the stack's own and those of the domains' containers. */
export const secretGroups: Record<string, Maker> = {
  ...ownGroups,
  ...Object.assign({}, ...domainNames.map((name) => domainGroups(stackOf(name)))),
};

/** The group of LiteLLM's tokens. */
export const tokensGroup = 'mcp-tokens';

/** Groups that can be made anew: all except those that people bring. */
export const renewableGroups = [...Object.keys(secretGroups), tokensGroup];

function domainGroups({ secrets = {} }: DomainStack): Record<string, Maker> {
  return Object.fromEntries(Object.entries(secrets).map(([group, make]) => [group, (have) => make(have, random)]));
}

/** The group of the key of the server that the ingress itself serves. */
export const ingressKeyGroup = 'ingress-key';

/** The group of the HTTP API's file of keys. */
export const apiKeysGroup = 'api-keys';

/** What the HTTP API knows of Open WebUI's key: its hash. */
export function apiKeysFile({ key = '' }: Files): Files {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { 'keys.yaml': `${JSON.stringify([{ name: 'webui', sha256, roles: ['member'] }])}\n` };
}

/** A token for each server, with which LiteLLM's own MCP gateway may call the server's tools. */
export function tokensFile(have: Files, servers: readonly string[]): Files {
  const before = new Map([...(have['tokens.env'] ?? '').matchAll(/^(\w+)=(\w+)$/gm)].map((m) => [m[1], m[2]]));
  const lines = servers.map((server) => {
    const name = tokenVariable(server);
    return `${name}=${before.get(name) ?? random()}`;
  });
  return { 'tokens.env': `${lines.join('\n')}\n` };
}

/** What a tool-runner knows about LiteLLM's token: its hash, by the client's name. */
export function clientsFile(tokensEnv: string, server: string): string {
  const token = new RegExp(`^${tokenVariable(server)}=(\\w+)$`, 'm').exec(tokensEnv)?.[1] ?? '';
  return `${JSON.stringify({ litellm: createHash('sha256').update(token).digest('hex') })}\n`;
}

/**
 * With `appendfsync always` an acknowledged request survives kill -9; with `noeviction` Redis never treats BullMQ's
 * keys as a cache.
 */
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
