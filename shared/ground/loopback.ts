import type { Environment } from './config.ts';

const own = ['127.0.0.1', 'localhost', '::1'];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/**
 * Keeps what talks within this machine off a proxy that the environment names: Node, told to use it by
 * NODE_USE_ENV_PROXY, would ask it for 127.0.0.1, too. Changes `env`, for this process and those that it starts.
 */
export function keepLoopbackDirect(env: Environment): void {
  if (!proxies.some((name) => env[name] || env[name.toLowerCase()])) return;
  // Where both are set, the one in small letters counts.
  for (const name of env['no_proxy'] === undefined ? ['NO_PROXY'] : ['no_proxy', 'NO_PROXY']) {
    const hosts = (env[name] ?? '').split(/[\s,]+/).filter(Boolean);
    // A star alone means all, and only alone.
    if (hosts.includes('*')) continue;
    env[name] = [...new Set([...hosts, ...own])].join(',');
  }
}
