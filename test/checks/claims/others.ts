import type { Mention } from './mentions.ts';

/**
 * Names in the docs that others define, by their owner. A name that no rule knows either belongs here or is a mistake.
 * Without this list, the docs could keep names that were renamed in the code.
 */
const names: Record<string, readonly string[]> = {
  Redis: [
    'XREAD BLOCK',
    'appendfsync everysec',
    'min-replicas-to-write 1',
    'min-replicas-max-lag 10',
    'sentinel announce-ip',
    'resolve-hostnames',
    'SENTINEL FAILOVER',
    'CLIENT LIST',
    "redis-cli cluster keyslot '{dragoman}'",
    'cluster shards',
  ],
  PostgreSQL: ['createdb dragoman_archive'],
  'Docker and Swarm': [
    'compose.override.yaml',
    'docker run -i',
    "docker inspect -f '{{.State.OOMKilled}}' <container>",
    'stack deploy',
    'endpoint_mode: dnsrr',
    '/etc/docker/daemon.json',
    '"no-new-privileges": true',
    'extra_hosts: ["host.docker.internal:host-gateway"]',
  ],
  Discord: ['/api/v10'],
  LiteLLM: ['object_permission: {"mcp_servers": ["files"]}', '/customer/new', '--num_workers', 'provider/model'],
  'programs that ask the HTTP API': [
    '@ai-sdk/openai-compatible',
    '@ai-sdk/openai',
    '@ai-sdk/open-responses',
    '@langchain/openai',
    'useChat',
    'LibreChat',
    'LangChain',
    'background: true',
    '~/.codex/config.toml',
    'codex exec',
    '$URL/v1',
    '{"x-dragoman-server-tools": "function_call"}',
    'dragoman-without-tools',
    'previous_response_id',
  ],
  'MCP servers and clients of others': [
    'Brave Search',
    '@modelcontextprotocol/server-brave-search',
    'wikipedia-mcp',
    'mcp<2',
    'mcp-server-sqlite-npx',
    '--transport stdio',
    'pip install uv',
    'python3 -m venv /opt/mcp && /opt/mcp/bin/pip install mcp-server-time',
    '${NAME:-else}',
    '${NAME:-what else}',
    '${env:NAME}',
    '${input:id}',
    '${ID}',
    '${workspaceFolder}',
    ':-',
    '-2',
  ],
  'the system and its shell': ['kill -9', 'dmesg', 'cp .env.example .env', '…'],
  'other programs': [
    'DBOSClient.enqueue',
    'WebAssembly',
    'vitest/node',
    'client.ws._ws.strategy.shards',
    'moveToWait',
    "<worker's id>:<number>",
    '<job>:lock',
    'WebCrypto',
    'JavaScript',
    'TypeScript',
    'GitHub',
    'DeepSeek',
  ],
  'how things are written': [
    './x.ts',
    '../../',
    '#shared/…',
    'N passed, N failed',
    'npx vitest run shared/run/runs.test.ts -t "part of its name"',
    "Queue: a lost worker's jobs are freed sooner",
  ],
  'examples that a reader fills in': [
    '@Dragoman which tables are in the database?',
    '@Ada',
    'search__…',
    '${NAME}',
    'wiki.internal:3000',
    'stack.yaml',
    'memory: { allow: ["memory__*"] }',
    'redis[s]+sentinel://[user:password@]host[:port],…/master[/db][?sentinelUser=…&sentinelPassword=…]',
    '150 rows, 25 shown; all in table.csv',
    'key: value',
    '<t:…>',
  ],
};

const all = new Set(Object.values(names).flat());

/** Names that others define, and single characters. */
export function ofOthers({ text }: Pick<Mention, 'text'>): boolean {
  return all.has(text) || /^(?:[^\w\s]|%\d\d)$/.test(text);
}
