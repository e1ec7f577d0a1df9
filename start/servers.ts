import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { doorOf, isDomain, stackOf } from '#mcp/domains.ts';
import type { Variables } from '#mcp/stack.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { serverKeyText } from '#shared/rights/server-key.ts';
import { loadServers } from '#shared/servers/list.ts';
import { referencedVariables, referringValues } from '#shared/servers/variables.ts';
import type { Build } from './build.ts';
import { StartError } from './errors.ts';
import { nextFreePort } from '#shared/ground/ports.ts';
import type { StackProcess } from './process.ts';
import { readiness } from './readiness.ts';
import { createRunners, type Runners } from './runners.ts';

/**
 * For how many milliseconds a server may fail before it counts as away. A first failure of somebody else's server is
 * known to be real, but a backend of ours may be slow to answer on a busy machine.
 */
const failingMs = { ours: 10_000, others: 3_000 };
const lookAgainMs = 5_000;

/** The MCP servers of servers.json, each behind a tool-runner. */
export interface Servers {
  /** Variables that the ingress needs to serve what it serves itself. */
  door: Variables;
  /** Variables that workers and terminals need to find the servers. */
  variables: Variables;
  /**
   * Resolves when every server is ready or known to be away. Neither this promise nor the next one ever rejects: the
   * stack does without what does not start.
   */
  settled: Promise<unknown>;
  /** Resolves with the names of our ready domains, as soon as each is known to be ready or not. */
  domains: Promise<Set<string>>;
}

/**
 * Starts a tool-runner for each enabled entry of servers.json, those of our domains in one process, and a backend of our
 * own for each domain whose backend the person has not set. Resolves when their addresses are known. Throws ConfigError when the list cannot be read.
 */
export async function startServers(build: Build, signingKey: string): Promise<Servers> {
  const file = path.resolve(build.env['MCP_SERVERS_FILE'] || 'mcp/servers.json');
  const { servers, broken, notes, written } = loadServers(file);
  for (const [name, why] of broken)
    tellAway(build, name, `its entry in ${file} is wrong: ${why}`, 'Mend it, and start again.');
  for (const [name, asWritten] of written) build.screen.note(`The MCP server "${asWritten}" is called ${name} here.`);
  for (const [name, lines] of notes) build.screen.note(`The MCP server ${name}: ${lines.join('; ')}`);
  const shared = { backends: embeddedBackends(build), runners: createRunners(build) };
  const addresses: string[] = [];
  const door: Variables = {};
  const starting: { own: boolean; ready: Promise<string | undefined> }[] = [];
  for (const [name, entry] of servers) {
    const off = whyOff(build, entry);
    if (off !== undefined) {
      build.screen.note(`The MCP server ${name} is off. To use it, set ${off}, and start again.`);
      addresses.push(`${name}=off`);
      continue;
    }
    const port = await nextFreePort(0);
    const signing = { DRAGOMAN_SIGNING_KEY: serverKeyText(signingKey, name) };
    addresses.push(`${name}=http://127.0.0.1:${port}/mcp`);
    if (doorOf(entry) === 'ingress') {
      if (door['DISCORD_TOOLS_PORT'] === undefined)
        Object.assign(door, { ...signing, DISCORD_TOOLS_PORT: String(port) });
      continue;
    }
    const common = { ...signing, MCP_SERVERS_FILE: file, MCP_SERVER: name, HOST: '127.0.0.1', PORT: String(port) };
    starting.push({ own: domainOf(entry) !== undefined, ready: startServer(build, name, entry, common, shared) });
  }
  const own = starting.filter((each) => each.own).map(({ ready }) => ready);
  return {
    door,
    variables: { MCP_SERVERS_FILE: file, TOOL_RUNNERS: addresses.join(',') },
    settled: Promise.all(starting.map(({ ready }) => ready)),
    domains: Promise.all(own).then((ready) => new Set(ready.filter((domain) => domain !== undefined))),
  };
}

/** What the servers share. */
interface Shared {
  backends: (domain: string) => Promise<Variables>;
  /** The process that serves our domains. */
  runners: Runners;
}

/** A tool-runner, in a process of its own or not. */
type Runner = Pick<StackProcess, 'running' | 'ready' | 'addresses'>;

/** Resolves with the domain of ours that is ready once this server is, if any. */
async function startServer(
  build: Build,
  name: string,
  entry: ServerEntry,
  common: Variables,
  { backends, runners }: Shared,
): Promise<string | undefined> {
  tellLacking(build, name, entry);
  const step = build.screen.step(runnerName(name));
  const own = domainOf(entry) !== undefined;
  let runner: Runner | undefined;
  try {
    const variables = await variablesOf(build, entry, backends);
    const calls = path.join(build.state.folder('calls'), `${name}.jsonl`);
    const env = { ...common, ...variables, IDEMPOTENCY_FILE: calls };
    runner = own
      ? runners.serve(name, env, { failingMs: failingMs.ours })
      : build.launch(
          'servers',
          { name: runnerName(name), script: 'services/tool-runner/main.ts', env },
          { failingMs: failingMs.others },
        );
    await runner.ready;
    step.done();
    return domainOf(entry);
  } catch (error) {
    if (build.stopped()) return undefined;
    const log = runner ? ` Its log: ${own ? runners.log : `${runnerName(name)}.log`}.` : '';
    const runs = await runner?.running.then(() => true).catch(() => false);
    const why = error instanceof StartError ? error.why : errorText(error);
    tellAway(build, name, why, `${runs ? 'It is tried again.' : 'Mend that, and start again.'}${log}`);
    if (runner && runs) void tellWhenThere(build, name, runner);
    return undefined;
  } finally {
    step.end();
  }
}

/** Says which of our tools are off here, and what to install for them. */
function tellLacking(build: Build, name: string, entry: ServerEntry): void {
  const domain = domainOf(entry);
  const env = 'env' in entry ? { ...build.env, ...entry.env } : build.env;
  const lacking = isDomain(domain) ? stackOf(domain).lacks?.(env) : undefined;
  if (lacking !== undefined) build.screen.note(`The tools of ${name} are off: ${lacking}.`);
}

function runnerName(server: string): string {
  return `tool-runner-${server}`;
}

function tellAway(build: Build, name: string, why: string, further: string): void {
  build.screen.warn(`The MCP server ${name} cannot be used: ${why}`);
  build.screen.note(`All else works without it. ${further}`);
}

async function tellWhenThere(build: Build, name: string, runner: Runner): Promise<void> {
  for (;;) {
    await delay(lookAgainMs, undefined, { ref: false });
    if (build.stopped()) return;
    if ((await readiness(runner.addresses())).ready) break;
  }
  build.screen.note(`The MCP server ${name} is there now.`);
}

function domainOf(entry: ServerEntry): string | undefined {
  return 'domain' in entry ? entry.domain : undefined;
}

/**
 * The variables that a server's tool-runner needs: those that the entry refers to and, for a domain of ours, those that
 * say where its backend is.
 */
async function variablesOf(
  build: Build,
  entry: ServerEntry,
  backends: (domain: string) => Promise<Variables>,
): Promise<Variables> {
  const values = referringValues(entry);
  const references = referencedVariables(entry);
  const domain = domainOf(entry);
  if (!isDomain(domain)) return set(build.env, references);
  const { backend: variables = [] } = stackOf(domain);
  const own = set(build.env, variables.flatMap(withFile));
  const [decisive = ''] = variables;
  const hasOwn = withFile(decisive).some((variable) => variable in values || variable in own);
  const backend = hasOwn ? own : { ...own, ...(await backends(domain)) };
  // `dragoman mcp` needs them too: it serves the same backend over stdio.
  Object.assign(build.environment, backend);
  return { ...set(build.env, references), ...backend };
}

/** The variables to set for a server that has nothing to work with without them; undefined for one that has. */
function whyOff({ env }: Build, entry: ServerEntry): string | undefined {
  const domain = domainOf(entry);
  if (!isDomain(domain)) return undefined;
  const { backend = [], off } = stackOf(domain);
  const values = referringValues(entry);
  const given = backend.flatMap(withFile).some((variable) => variable in values || Boolean(env[variable]));
  return given ? undefined : off;
}

/** Starts the backends of our own, by domain. Entries of one domain share one backend. */
function embeddedBackends(build: Build): (domain: string) => Promise<Variables> {
  const started = new Map<string, Promise<Variables>>();
  return async (domain) => {
    const backend = started.get(domain) ?? startEmbedded(build, domain);
    started.set(domain, backend);
    return backend;
  };
}

async function startEmbedded(build: Build, name: string): Promise<Variables> {
  const { serve, lay, folder = name } = isDomain(name) ? stackOf(name) : {};
  if (serve) return build.backend(name);
  return lay ? lay(build.state.folder(folder)) : {};
}

/** A variable's names: a file that holds its value may stand for it. */
function withFile(name: string): string[] {
  return [name, `${name}_FILE`];
}

/** Those of the variables that are set, with their values. */
function set(env: NodeJS.ProcessEnv, names: string[]): Variables {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
