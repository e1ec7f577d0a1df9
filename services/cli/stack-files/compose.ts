import type { ServerEntry } from '#shared/servers/entry.ts';
import { lastingFragments, type OwnEntry, type StackEntry } from './entries.ts';
import { fillRegions } from './regions.ts';

const width = 118;

/** compose.yaml with the regions that follow from the servers: runners, their backends, networks and volumes. */
export function renderCompose(root: string, text: string, entries: StackEntry[]): string {
  const lasting = lastingFragments(root, entries).map(({ fragment }) => fragment);
  const fragments = [...entries.flatMap(({ own }) => (own?.first ? [own.fragment] : [])), ...lasting];
  const data = [...fragments.flatMap(({ volumes }) => volumes), ...entries.flatMap(namedVolumes)];
  const runners = entries.filter(({ door }) => door === undefined);
  const secrets = [...fragments.flatMap((fragment) => fragment.secrets), ...runners.flatMap(secretGroups)];
  const references = [...new Set(entries.flatMap((each) => each.references))];
  const outer = [...new Set(entries.flatMap(externalNetworks))];
  const networks = [...entries.map(({ name }) => `tool-${name}`), ...fragments.flatMap((each) => each.networks)];
  return fillRegions('compose.yaml', text, {
    'what servers need of others': renderNeeds(entries, references),
    "volumes of the servers' secrets": lines(
      secrets.map((group) => `- secret-${group}:/secrets/${group}`),
      6,
    ),
    'servers and their backends': [...runners.map(renderServer), ...lasting.map(({ services }) => services)].join('\n'),
    'demo data': `    volumes: [${fragments.flatMap(({ demo }) => demo ?? []).join(', ')}]\n`,
    'networks of the servers': lines(
      [...networks.map((name) => `${name}: *isolated`), ...outer.map((name) => `${name}: { external: true }`)],
      2,
    ),
    'volumes of the servers': lines(
      [...data, ...secrets.map((group) => `secret-${group}`)].map((name) => `${name}: {}`),
      2,
    ),
  });
}

/** The networks that workers, LiteLLM and Prometheus are in, and the variables that `secrets` writes into files. */
function renderNeeds(entries: StackEntry[], references: string[]): string {
  const networks = entries.map(({ name }) => `tool-${name}: {}`);
  const served = entries.flatMap(({ name, door }) =>
    door === 'ingress' ? [`tool-${name}: { aliases: [tool-runner-${name}] }`] : [],
  );
  return `x-tool-networks: &tool-networks
${wrapMap(networks, 2)}
# The networks of what the ingress itself serves, under the names that tool-runners have.
x-ingress-networks: &ingress-networks
${wrapMap(served, 2)}
x-server-secrets: &server-secrets
${wrapMap(references.map(passed), 2)}`;
}

function renderServer(server: StackEntry): string {
  return server.own ? renderOwn(server, server.own) : renderForeign(server);
}

/** One of our domains: its tool-runner, and with the domain's first entry its backend. */
function renderOwn({ name, references }: StackEntry, { domain, fragment, settings, first }: OwnEntry): string {
  const { environment, volumes, secrets, networks, depends_on, service } = fragment.runner;
  const runner = renderRunner(name, {
    base: 'runner',
    service: Object.entries(service).map(([key, value]) => `${key}: ${flow(value)}`),
    environment: [
      `MCP_SERVER: ${name}`,
      ...Object.entries(environment).map(([variable, value]) => `${variable}: ${scalar(value)}`),
      ...secretFiles(references),
    ],
    settings,
    volumes: [
      ...volumes,
      ...secrets.map((group) => `secret-${group}:/run/secrets/${group}:ro`),
      ...secretVolume(name, references),
    ],
    networks: [`tool-${name}`, ...networks],
    waitsFor: Object.entries(depends_on),
  });
  const comment = name === domain ? '' : `  # Another server of the domain ${domain}.\n`;
  return comment + runner + (first && fragment.services ? `\n${fragment.services}` : '');
}

/** Somebody else's server: a child of its tool-runner, or remote. It gets only the network that its entry asks for. */
function renderForeign({ name, entry, references }: StackEntry): string {
  return (
    `  # Somebody else's server, as its entry says.\n` +
    renderRunner(name, {
      base: 'foreign-runner',
      service: [],
      environment: [
        `MCP_SERVER: ${name}`,
        'IDEMPOTENCY_FILE: /data/calls.jsonl',
        'HOME: /tmp',
        ...secretFiles(references),
      ],
      settings: [],
      volumes: [`server-${name}-data:/data`, ...secretVolume(name, references)],
      networks: [`tool-${name}`, ...networksOf(entry)],
      waitsFor: [],
    })
  );
}

interface Runner {
  /** The YAML anchor that the service is built on. */
  base: string;
  /** Further lines of the service. */
  service: string[];
  environment: string[];
  /** Variables that are passed on from .env. */
  settings: string[];
  volumes: string[];
  networks: string[];
  /** Services that it waits for, and the condition that each must be in. */
  waitsFor: [string, string][];
}

function renderRunner(name: string, runner: Runner): string {
  const waits = runner.waitsFor.map(([service, condition]) => `${service}: { condition: ${condition} }`);
  return [
    `  tool-runner-${name}:`,
    `    <<: *${runner.base}`,
    ...runner.service.map((line) => `    ${line}`),
    '    environment:',
    '      <<: *runner-environment',
    ...runner.environment.map((line) => `      ${line}`),
    ...runner.settings.map((variable) => `      ${passed(variable)}`),
    '    volumes:',
    '      - ./mcp:/config:ro',
    `      - secret-mcp-${name}:/run/secrets/mcp-clients:ro`,
    ...runner.volumes.map((volume) => `      - ${volume}`),
    `    networks: [${runner.networks.join(', ')}]`,
    '    depends_on:',
    '      <<: *secrets-ready',
    ...waits.map((line) => `      ${line}`),
    '',
  ].join('\n');
}

/** Groups of secrets that only this server has. */
function secretGroups({ name, references }: StackEntry): string[] {
  return [`mcp-${name}`, ...(references.length > 0 ? [`server-${name}`] : [])];
}

/** Variables of an entry come from files, as all secrets do, so that no secret stands in a container's environment. */
function secretFiles(references: string[]): string[] {
  return references.map((variable) => `${variable}_FILE: /run/secrets/server/${variable}`);
}

function secretVolume(name: string, references: string[]): string[] {
  return references.length > 0 ? [`secret-server-${name}:/run/secrets/server:ro`] : [];
}

/** A variable that Compose takes from .env when it is set there. */
function passed(variable: string): string {
  return `${variable}: null`;
}

/** The Docker networks of an entry besides its own. `internet` is the way out that cannot reach a cloud's metadata. */
function networksOf(entry: ServerEntry): string[] {
  const network = entry.network ?? ('url' in entry ? 'internet' : 'none');
  if (network === 'none') return [];
  return network === 'internet' ? ['outside', 'no-metadata'] : [network];
}

/** Networks that exist outside of the stack. */
function externalNetworks({ entry, own }: StackEntry): string[] {
  return own ? [] : networksOf(entry).filter((name) => name !== 'outside' && name !== 'no-metadata');
}

/** Volumes of an entry's runner that are not folders of the host. */
function namedVolumes({ name, own }: StackEntry): string[] {
  if (!own) return [`server-${name}-data`];
  return own.fragment.runner.volumes
    .map((volume) => volume.split(':', 1)[0] ?? '')
    .filter((source) => !/^[./]/.test(source) && !own.fragment.volumes.includes(source));
}

/** Any value in YAML's flow style. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'string') return scalar(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

/** A text written so that YAML reads it as text. */
function scalar(value: string): string {
  return /^[A-Za-z/][\w/.:-]*$/.test(value) && !/^(true|false|yes|no|on|off|null)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

function lines(items: string[], indent: number): string {
  return items.map((item) => `${' '.repeat(indent)}${item}\n`).join('');
}

/** A map in flow style, on as many lines as it needs. */
function wrapMap(items: string[], indent: number): string {
  const pad = ' '.repeat(indent);
  if (items.length === 0) return `${pad}{}\n`;
  const rows: string[] = [];
  for (const item of items) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + item.length + 4 + indent < width)
      rows[rows.length - 1] = `${last}, ${item}`;
    else rows.push(item);
  }
  return `${pad}{ ${rows.join(`,\n${pad}  `)} }\n`;
}
