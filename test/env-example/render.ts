import { domainNames, stackOf, type DomainName } from '#mcp/domains.ts';
import { composeVariables, readSections, takenByCompose, type Section, type Variable } from './variables.ts';

const head = `# All settings of Dragoman. Copy to .env and uncomment what you change: npm start and docker compose read .env from here.
# A value that is commented out is the default. What is marked "npm start only" docker compose sets itself or has no use for.
# With npm start a secret can also come from a file: NAME_FILE=/path instead of NAME.
# This file is written from the configuration of the services: npm run generate
`;

const npmStartOnly = 'npm start only';
const ofCompose = 'services/setup/config.ts';

/** The headings in the order of the file. A variable that an earlier section has too stands only there. */
const headings: Record<string, string> = {
  'services/ingress/config.ts': 'Discord, and what all services share',
  'services/worker/config.ts': 'Model, prompt, limits: the worker',
  ...Object.fromEntries(domainNames.map((name) => [`mcp/${name}/domain.ts`, headingOf(name)])),
  'services/playground/config.ts': 'The playground, a stand-in for Discord (used when DISCORD_TOKEN is not set)',
  'litellm/offline/config.ts': 'The offline model (used by npm start when LITELLM_API_BASE is not set)',
  [ofCompose]: 'Set-up of the Compose stack: set by compose.yaml',
  'services/tool-runner/config.ts': 'Tool-runners: set per process, by npm start or compose.yaml',
  'services/cli/config.ts': 'Where npm start keeps its things',
  'services/api/config.ts': 'The HTTP API',
};

function headingOf(domain: DomainName): string {
  const { summary } = stackOf(domain);
  return `Tools of ${domain}${summary === undefined ? '' : `: ${summary}`}`;
}

/** What the variables of compose.yaml itself are for. A new variable needs a line here. */
const composeDescriptions: Record<string, string> = {
  API_BIND: 'Address of this machine at which the HTTP API is published',
  API_PORTS: 'Its port on this machine; a range such as 8080-8082 for --scale api=3',
  ARCHIVE_URL_FILE: "File with the archive's URL; empty: finished runs and audit rows are kept in Redis alone",
  DRAGOMAN_VERSION: 'Tag of the image',
  GRAFANA_PORT: 'Port of Grafana on this machine',
  LITELLM_DATABASE: 'Whether LiteLLM keeps keys and spend in a database of its own; empty: it does not',
  LITELLM_VERSION: "Tag of LiteLLM's image",
  LLM_API_BASE: 'Where the model provider is, if not at its usual address',
  LLM_API_KEY: "The model provider's key",
  LLM_MODEL: 'Model behind LiteLLM: provider/model',
  PROMETHEUS_RETENTION: 'How long Prometheus keeps metrics',
  WEBUI_PORT: 'Port of Open WebUI on this machine',
  WEBUI_VERSION: "Tag of Open WebUI's image",
  WORKERS: 'Worker processes that share the queue',
};

/** The text that .env.example should have with the configurations as they are now. */
export async function renderEnvExample(): Promise<string> {
  const sections = await readSections();
  const order = [...Object.keys(headings), ...sections.map(({ source }) => source)];
  const sorted = [...new Set(order)].flatMap((source) => sections.filter((section) => section.source === source));
  const seen = new Set<string>();
  const taken = takenByCompose();
  const parts = sorted.map((section) => renderSection(section, seen, taken)).filter((part) => part !== '');
  return [head, ...parts, renderCompose(seen)].join('\n');
}

function renderSection({ source, variables }: Section, seen: Set<string>, taken: ReadonlySet<string>): string {
  const fresh = variables.filter(({ name }) => !seen.has(name));
  for (const { name } of fresh) seen.add(name);
  if (fresh.length === 0) return '';
  const npmOnly = ({ name }: Variable): boolean => !taken.has(name) && source !== ofCompose;
  const lines = fresh.map(
    (variable) => `# ${variable.description}${remark(variable, npmOnly(variable))}\n${assignment(variable)}\n`,
  );
  const heading = headings[source] ?? `MISSING: say in test/env-example/render.ts what ${source} is for`;
  return `# === ${heading} ===\n\n${lines.join('\n')}`;
}

function remark({ required, secret, example, defaultValue }: Variable, npmOnly: boolean): string {
  const remarks = [
    required ? 'required' : '',
    secret ? 'secret' : '',
    npmOnly ? npmStartOnly : '',
    example !== undefined && defaultValue === undefined ? `e.g. ${example}` : '',
  ].filter(Boolean);
  return remarks.length > 0 ? ` (${remarks.join('; ')})` : '';
}

function assignment({ name, defaultValue = '' }: Variable): string {
  // Unless a value is quoted, a # begins a comment and white space ends the value.
  const value = /[\s#"'$]/.test(defaultValue) ? JSON.stringify(defaultValue) : defaultValue;
  return `#${name}=${value}`;
}

function renderCompose(known: ReadonlySet<string>): string {
  const lines = composeVariables(known).map(({ name, defaultValue }) => {
    const description = composeDescriptions[name] ?? 'MISSING: say in test/env-example/render.ts what it is for';
    return `# ${description}\n#${name}=${defaultValue}\n`;
  });
  return `# === Only for docker compose ===\n\n${lines.join('\n')}`;
}
