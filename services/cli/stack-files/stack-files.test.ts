import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../stack-file.ts';
import { followList, staleStackFiles } from './follow.ts';

interface Service {
  environment: Record<string, string | null>;
  networks: string[] | Record<string, object>;
  volumes: string[];
  depends_on: Record<string, object>;
  command?: string[];
  tmpfs: string[];
  read_only: boolean;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean; external?: boolean }>;
  volumes: Record<string, object>;
}

const files = ['compose.yaml', 'litellm/config.yaml', 'grafana/prometheus/prometheus.yml'];
let root: string;
let list: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dragoman-stack-'));
  list = path.join(root, 'mcp/servers.json');
  for (const file of [...files, 'mcp/servers.json']) cpSync(path.join(projectRoot, file), path.join(root, file));
  for (const file of globSync('mcp/*/containers.yaml', { cwd: projectRoot })) {
    cpSync(path.join(projectRoot, file), path.join(root, file));
  }
});
afterEach(() => rmSync(root, { recursive: true }));

const own = (domain: string) => ({ command: 'npx', args: ['dragoman', 'mcp', domain], domain });

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

async function stackOf(servers: Record<string, object>): Promise<Compose> {
  writeFileSync(list, JSON.stringify({ mcpServers: servers }));
  await followList(list);
  expect(await staleStackFiles(list)).toEqual([]);
  return parse(read('compose.yaml'), { merge: true }) as Compose;
}

function networksOf({ networks }: Service): string[] {
  return Array.isArray(networks) ? networks : Object.keys(networks);
}

test("somebody's server gets a runner of its own: no way out, nothing to write but its volume, its secrets in files", async () => {
  const entry = {
    command: 'npx',
    args: ['-y', 'notes', '--key', 'pasted-in-clear'],
    env: { KEY: '${NOTES_KEY}', HOME_DIR: '${HOME}/x' },
  };
  const { services, networks, volumes } = await stackOf({ storage: own('storage'), 'my-notes': entry });
  const runner = services['tool-runner-my-notes'];
  expect(runner).toMatchObject({
    command: ['node', 'services/tool-runner/main.ts'],
    environment: { MCP_SERVER: 'my-notes', NOTES_KEY_FILE: '/run/secrets/server/NOTES_KEY', HOME: '/tmp' },
    networks: ['tool-my-notes'],
    read_only: true,
  });
  expect(runner?.tmpfs).toEqual(['/tmp:size=256m,mode=1777,exec']);
  expect(Object.keys(runner?.environment ?? {})).not.toContain('NOTES_KEY');
  for (const file of files) expect(read(file), file).not.toContain('pasted-in-clear');
  expect(networks['tool-my-notes']).toMatchObject({ internal: true });
  for (const name of ['server-my-notes-data', 'secret-server-my-notes', 'secret-mcp-my-notes']) {
    expect(volumes, name).toHaveProperty(name);
    expect(
      runner?.volumes.some((each) => each.startsWith(`${name}:`)),
      name,
    ).toBe(true);
  }
  const secrets = services['secrets'];
  expect(secrets?.environment).toHaveProperty('NOTES_KEY', null);
  expect(secrets?.volumes).toContain('secret-server-my-notes:/secrets/server-my-notes');
  for (const name of ['worker', 'litellm', 'prometheus']) {
    expect(networksOf(services[name]!), name).toContain('tool-my-notes');
  }
  expect(read('litellm/config.yaml')).toContain('auth_value: os.environ/MCP_TOKEN_MY_NOTES');
  expect(read('grafana/prometheus/prometheus.yml')).toContain('- tool-runner-my-notes\n');
});

test('a server gets the network that its entry asks for', async () => {
  const { services, networks } = await stackOf({
    search: { command: 'npx', args: ['-y', 'search'], network: 'internet' },
    github: { type: 'http', url: 'https://api.example.com/mcp' },
    wiki: { type: 'http', url: 'http://wiki.corp/mcp', network: 'corp' },
    shut: { type: 'http', url: 'http://nowhere/mcp', network: 'none' },
  });
  const of = (name: string) => networksOf(services[`tool-runner-${name}`]!);
  expect(of('search')).toEqual(['tool-search', 'outside', 'no-metadata']);
  expect(of('github')).toEqual(['tool-github', 'outside', 'no-metadata']);
  expect(of('wiki')).toEqual(['tool-wiki', 'corp']);
  expect(of('shut')).toEqual(['tool-shut']);
  expect(networks['corp']).toEqual({ external: true });
});

test('of a domain that is taken out or disabled nothing is left, but what others rest on', async () => {
  const { services, networks, volumes } = await stackOf({ fetch: { ...own('fetch'), disabled: true } });
  const gone = ['tool-runner-postgres', 'tool-runner-storage', 's3', 'tool-runner-fetch', 'egress'];
  expect(Object.keys(services).filter((name) => gone.includes(name))).toEqual([]);
  // The archive lives in it.
  expect(services).toHaveProperty('postgres');
  expect(networksOf(services['worker']!)).toEqual(['core', 'archive']);
  expect(Object.keys(networks).filter((name) => /^tool-|backend-(?!postgres)/.test(name))).toEqual([]);
  expect(volumes).not.toHaveProperty('s3-data');
  expect(services['demo']?.volumes).toEqual([]);
  expect(parse(read('litellm/config.yaml'))).toHaveProperty('mcp_servers', {});
});

test('two servers of one domain share its backend, and each remembers its own calls', async () => {
  const { services, volumes } = await stackOf({ storage: own('storage'), archive: own('storage') });
  for (const name of ['storage', 'archive']) {
    expect(services[`tool-runner-${name}`]?.environment['S3_ENDPOINT']).toBe('http://s3:7070');
    expect(volumes).toHaveProperty(`${name}-calls`);
  }
  const gateway = parse(read('litellm/config.yaml')) as { mcp_servers: object };
  expect(Object.keys(gateway.mcp_servers)).toEqual(['s3', 'archive']);
});

test('what people have written outside of the regions stays, and a file without them is refused in words', async () => {
  const text = read('compose.yaml');
  writeFileSync(path.join(root, 'compose.yaml'), text.replace('  redis:\n', '  # ours\n  redis:\n'));
  await stackOf({ fetch: own('fetch') });
  expect(read('compose.yaml')).toContain('  # ours\n  redis:\n');
  writeFileSync(path.join(root, 'compose.yaml'), 'services: {}\n');
  await expect(followList(list)).rejects.toThrow(/compose\.yaml lacks the lines "# >>> .*take them from the file/);
});

test('the entry of a list elsewhere changes nothing here', async () => {
  const elsewhere = path.join(root, 'servers.json');
  writeFileSync(elsewhere, JSON.stringify({ mcpServers: {} }));
  expect(await staleStackFiles(elsewhere)).toEqual([]);
  expect(await followList(elsewhere)).toEqual([]);
});
