import { demoIds } from '#services/playground/state/demo.ts';
import type { Caller } from '#shared/run/request.ts';

/** One call of a domain that changes nothing, as a model would make it. */
export interface ToolCall {
  tool: string;
  arguments: Record<string, unknown>;
}

/** Where the calls of a measured stack go besides its own backends. */
export interface Places {
  /** A page on loopback that the fetch tool and the browser may read. */
  page: string;
}

/** One call for each domain, by the name of its entry in servers.json; `builtin` are the worker's own tools. */
export function callsOf({ page }: Places): Record<string, ToolCall> {
  return {
    builtin: { tool: 'memory_search', arguments: { query: 'coffee' } },
    postgres: { tool: 'postgres_query', arguments: { query: 'SELECT count(*) FROM products' } },
    storage: { tool: 'minio_list_objects', arguments: { bucket_name: 'demo' } },
    fetch: { tool: 'fetch', arguments: { url: page } },
    filesystem: { tool: 'list_directory', arguments: { path: '.' } },
    playwright: { tool: 'browser_navigate', arguments: { url: page } },
    discord: { tool: 'discord_list_channels', arguments: {} },
    monitoring: { tool: 'loki_query', arguments: { query: '{app="shop"}' } },
    n8n: { tool: 'n8n_list_workflows', arguments: {} },
    sqlite: { tool: 'read_query', arguments: { query: 'SELECT count(*) FROM scores' } },
    timescaledb: { tool: 'timescale_list_hypertables', arguments: {} },
  };
}

/** Somebody of the playground's server, since the Discord tools serve nobody else. */
export const asker: Caller = {
  kind: 'discord',
  id: demoIds.people.Olga,
  name: 'Olga',
  discordRoles: [demoIds.roles.operator],
  guild: demoIds.guild,
  channel: demoIds.channels.general,
};
