import { isObject } from '#shared/ground/objects.ts';

/** An entry translated into our names. */
export interface Translated {
  fields: Record<string, unknown>;
  disabled: boolean;
  /** A sentence for each thing that the entry says and that is not used. */
  notes: string[];
  /** Why the entry cannot be used at all. */
  problem?: string;
}

const ours = new Set([
  'type',
  'command',
  'args',
  'env',
  'envFile',
  'cwd',
  'url',
  'headers',
  'domain',
  'trustAnnotations',
  'network',
]);

/** Keys of other clients that mean the same as ours. Of each line, the first that an entry has counts. */
const synonyms: Record<string, string[]> = {
  // `serverUrl` is Windsurf's. `httpUrl` is Gemini CLI's, where `url` alone means SSE.
  url: ['url', 'serverUrl', 'httpUrl'],
  // FastMCP, LangChain and others.
  type: ['type', 'transport', 'transportType'],
  cwd: ['cwd', 'workingDirectory'],
};

const transports: Record<string, string> = {
  stdio: 'stdio',
  // Copilot's CLI, opencode.
  local: 'stdio',
  http: 'http',
  'streamable-http': 'http',
  streamablehttp: 'http',
  streamable_http: 'http',
  sse: 'sse',
};

const byPolicy = 'what may be called, and what without being asked, stands in mcp/policy.yaml';
const noSignIn = 'nobody can sign in to a server here: put a token into headers';

/** Keys that have an effect in other clients, and what has a similar effect here. */
const unused: Record<string, string> = {
  alwaysAllow: byPolicy,
  autoApprove: byPolicy,
  trust: byPolicy,
  tools: byPolicy,
  allowedTools: byPolicy,
  enabledTools: byPolicy,
  includeTools: byPolicy,
  excludeTools: byPolicy,
  disabledTools: byPolicy,
  timeout: 'TOOL_TIMEOUT_MS is for all servers',
  oauth: noSignIn,
  auth: noSignIn,
  authProviderType: noSignIn,
  headersHelper: noSignIn,
  sandboxEnabled: 'the container is the sandbox on Compose; there is none under npm start',
};

/** Keys that only describe the entry, or tell an editor how to show it. */
const silent = new Set(
  'name title displayName description icon iconUrl version gallery source registry homepage tags $schema dev alwaysLoad disabled enabled'.split(
    ' ',
  ),
);

/** Variables that an editor fills in and we cannot: an editor has a workspace, and a person to ask. */
const editors =
  /\$\{((?:input|command|config|file|workspaceFolder|vscode):[^}]*|workspaceFolder|workspaceFolderBasename|workspaceRoot|cwd|pathSeparator|\/)\}/;

/** Translates an entry of any known client into our words. It refuses only what makes the entry useless. */
export function translate(raw: Record<string, unknown>): Translated {
  const fields: Record<string, unknown> = {};
  const known = new Set(Object.values(synonyms).flat());
  for (const [key, value] of Object.entries(raw)) if (!known.has(key)) fields[key] = value;
  for (const [key, names] of Object.entries(synonyms)) {
    const name = names.find((each) => raw[each] !== undefined && raw[each] !== null && raw[each] !== '');
    if (name !== undefined) fields[key] = raw[name];
  }
  const disabled = raw['disabled'] === true || raw['enabled'] === false;
  const notes = sortOut(fields);
  shape(fields);
  const problem = chooseTransport(fields) ?? fillsOfEditors(fields);
  return { fields, disabled, notes, ...(problem !== undefined && { problem }) };
}

/** Takes out keys that are not ours; returns a sentence for each that somebody may miss. */
function sortOut(fields: Record<string, unknown>): string[] {
  const strange = Object.keys(fields).filter((key) => !ours.has(key));
  const usable = fields['command'] !== undefined || fields['url'] !== undefined;
  return strange.flatMap((key) => {
    // An entry that has nothing to start is reported with all its keys.
    if (usable || silent.has(key)) delete fields[key];
    if (!usable || silent.has(key)) return [];
    return [`"${key}" is not used: ${unused[key] ?? 'nothing here knows it'}`];
  });
}

/** Evens out values that have other forms: older Zed's command, lists of headers, numbers in env and args. */
function shape(fields: Record<string, unknown>): void {
  const { command } = fields;
  if (isObject(command)) {
    fields['command'] = command['path'];
    for (const key of ['args', 'env']) fields[key] ??= command[key];
  }
  if (Array.isArray(fields['headers'])) fields['headers'] = headersOf(fields['headers']);
  if (Array.isArray(fields['args'])) fields['args'] = fields['args'].map(asText);
  for (const key of ['env', 'headers']) {
    const values = fields[key];
    if (!isObject(values)) continue;
    // In VS Code null removes a variable.
    const set = Object.entries(values).filter(([, value]) => value !== null);
    fields[key] = Object.fromEntries(set.map(([name, value]) => [name, asText(value)]));
  }
  for (const key of Object.keys(fields)) {
    if (fields[key] === undefined || fields[key] === null) delete fields[key];
    else fields[key] = mapTexts(fields[key], ourReferences);
  }
}

function headersOf(lines: unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = String(line), value = ''] = /^([^:]*):\s*(.*)$/.exec(String(line)) ?? [];
      return [name, value];
    }),
  );
}

function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Turns `${env:NAME}` and `${userHome}` of Cursor, VS Code and Windsurf into our references. */
function ourReferences(text: string): string {
  return text.replaceAll(/\$\{env:(\w+)\}/g, '${$1}').replaceAll('${userHome}', '${HOME}');
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}

/** Settles `type`, and whether command or url counts. Returns what is wrong. */
function chooseTransport(fields: Record<string, unknown>): string | undefined {
  const { type: given, url } = fields;
  const type = typeof given === 'string' ? transports[given.toLowerCase()] : undefined;
  if (given !== undefined && type === undefined) return `type: ${JSON.stringify(given)} is none of stdio, http, sse`;
  if (url === undefined || (type === 'stdio' && fields['command'] !== undefined)) {
    if (type !== undefined && type !== 'stdio') return `type: ${type} needs a url`;
    delete fields['url'];
    delete fields['type'];
    return undefined;
  }
  if (type === 'stdio') return 'type: stdio needs a command';
  // Most servers of the older transport have such a URL, and other clients go by it.
  fields['type'] = type ?? (typeof url === 'string' && /\/sse\/?(?:[?#]|$)/.test(url) ? 'sse' : 'http');
  return undefined;
}

function fillsOfEditors(fields: Record<string, unknown>): string | undefined {
  const found = editors.exec(JSON.stringify(fields))?.[1];
  if (found === undefined) return undefined;
  if (!found.startsWith('input:')) return `\${${found}} is filled in by an editor only: write what it stands for`;
  const variable = variableOfInput(found.slice('input:'.length));
  return `\${${found}} is asked for by an editor only: set ${variable} in the environment or .env, and write \${${variable}}`;
}

/** The variable that may hold what VS Code asks for under an id. */
export function variableOfInput(id: string): string {
  const plain = id.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  return /^[A-Z_]/.test(plain) ? plain : `_${plain}`;
}
