import { errorText, UpstreamError } from '#shared/ground/errors.ts';
import type { Policy, PolicySource } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { loadServers, runnerUrls } from '#shared/servers/list.ts';
import { RUN_ENDED_METHOD, RUN_FORGOTTEN_METHOD } from '#shared/ground/tool-meta.ts';
import type { TokenSigner } from '#shared/rights/tokens.ts';
import type { WorkerConfig } from '../config.ts';
import { createBreakers } from '../gateway/breakers.ts';
import type { Builtin } from './builtin/builtin.ts';
import { createBuiltins } from './builtin/builtins.ts';
import { callRunner, refusal, type CallEnd } from './call-tool.ts';
import { doorOf } from '#mcp/domains.ts';
import { createCatalogue, type Listing, type Runner } from './catalogue.ts';
import { checkArguments } from './check-arguments.ts';
import { builtinCrashed, serverLeftOut, toolCalled, toolLeftOut, toolsListed } from './events.ts';
import { createMcpClient } from './mcp-client.ts';
import { present } from './present.ts';
import type { ListedTool } from './read-tools.ts';
import { NotDelivered, RunnerFailure } from './runner-errors.ts';
import type { Offer, Toolbox, ToolCallOrder, ToolCallOutcome } from './toolbox.ts';

export type ToolboxConfig = Pick<
  WorkerConfig,
  'MCP_SERVERS_FILE' | 'TOOL_RUNNERS' | 'TOOLS_REFRESH_MS' | 'TOOL_TIMEOUT_MS' | 'TOOL_RESULT_MAX_CHARS'
>;

export interface ToolboxParts {
  config: ToolboxConfig;
  policy: PolicySource;
  signer: TokenSigner;
  /** The worker's own tools; by default those of `builtin/`, without memory. */
  builtins?: readonly Builtin[];
}

/** The tools of all servers in servers.json and of the worker itself. Throws ConfigError for a wrong configuration. */
export function createToolbox(parts: ToolboxParts): Toolbox {
  const { config, policy, signer } = parts;
  const own = new Map((parts.builtins ?? createBuiltins()).map((builtin) => [builtin.tool.name, builtin]));
  const runners = runnersOf(config);
  const breakers = createBreakers({
    failures: 5,
    halfOpenAfterMs: 2_000,
    counts: (error) => error instanceof NotDelivered || (error instanceof RunnerFailure && error.ofRunner),
    away: (target, retryAfterMs) => new UpstreamError('runner-away', `${target} is away`, { retryAfterMs }),
  });
  const catalogue = createCatalogue({ runners, policy, signer, breakers, refreshMs: config.TOOLS_REFRESH_MS });
  const byName = new Map(runners.map((runner) => [runner.name, runner]));
  /** Names on the wire that differ from the catalogue's. */
  const wireNames = new Map<string, string>();
  const unique = uniqueNames(own);
  const callParts = {
    policy,
    signer,
    breakers,
    catalogue,
    timeoutMs: config.TOOL_TIMEOUT_MS,
    resultMaxChars: config.TOOL_RESULT_MAX_CHARS,
  };

  async function perform(order: ToolCallOrder): Promise<CallEnd> {
    const { tool, signal } = order;
    const why = refusal(order, policy);
    if (why !== undefined) return { outcome: 'refused', content: why };
    if (signal.aborted) return { outcome: 'stopped', content: `${tool.name} was stopped before it began.` };
    const builtin = own.get(tool.name);
    if (builtin) return callBuiltin(builtin, order);
    const runner = byName.get(tool.domain);
    if (!runner) {
      return { outcome: 'error', content: `${tool.name} does not exist any more. Do without it.`, unmade: true };
    }
    return callRunner(callParts, runner, wireNames.get(tool.name) ?? tool.name, order);
  }

  /** Offers by listing: an offer depends on nothing but the policy, the caller's roles and the runners' lists. */
  const offers = new WeakMap<Listing, { under: Policy; offer: Offer }>();

  function offerOf(listing: Listing, now: Policy, caller: Caller): Offer {
    const all = unique([...[...own.values()].map(({ tool }) => ({ ...tool, own: true })), ...listing.tools]);
    const tools = all.flatMap(({ wireName, ...tool }) => {
      if (wireName !== tool.name) wireNames.set(tool.name, wireName);
      const permission = now.permission(caller, tool.name);
      if (permission === 'deny') return [];
      return [{ ...tool, permission, core: tool.core === true || now.alwaysOffers(caller, tool.name) }];
    });
    toolsListed(tools);
    const domains = new Set(tools.map(({ domain }) => domain));
    return {
      tools: tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      unreachable: listing.unreachable,
      prompts: listing.prompts.filter(({ server }) => domains.has(server)),
    };
  }

  return {
    async offer(caller) {
      const listing = await catalogue.list(caller);
      const now = policy.current();
      const known = offers.get(listing);
      if (known?.under === now) return known.offer;
      const offer = offerOf(listing, now, caller);
      offers.set(listing, { under: now, offer });
      return offer;
    },
    checkArguments,
    present,
    async call(order) {
      const started = performance.now();
      const { backendMs, ...end } = await perform(order);
      const durationMs = performance.now() - started;
      const outcome: ToolCallOutcome = {
        ...end,
        durationMs,
        ...(backendMs !== undefined && { overheadMs: Math.max(0, durationMs - backendMs) }),
      };
      toolCalled(order.tool.domain, order.tool.name, outcome);
      return outcome;
    },
    runEnded({ id, caller }, domains) {
      for (const domain of domains) {
        const token = (now: number) => signer.sign(domain, { caller, run: id, tool: '*' }, now);
        void byName.get(domain)?.client.notify(RUN_ENDED_METHOD, token);
      }
    },
    async runForgotten({ id, caller }, domains) {
      const told = [...domains].map(async (domain) => {
        const token = (now: number) => signer.sign(domain, { caller, run: id, tool: '*' }, now);
        // A server that is not in the list any more has no runner that could forget anything.
        return byName.get(domain)?.client.notify(RUN_FORGOTTEN_METHOD, token) ?? true;
      });
      return (await Promise.all(told)).every(Boolean);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(runners.map((runner) => runner.client[Symbol.asyncDispose]()));
    },
  };
}

function runnersOf(config: ToolboxConfig): Runner[] {
  const { servers, broken } = loadServers(config.MCP_SERVERS_FILE);
  for (const [name, why] of broken) serverLeftOut(name, why);
  return [...runnerUrls(servers.keys(), config.TOOL_RUNNERS)].map(([name, url]) => ({
    name,
    entry: servers.get(name),
    client: createMcpClient(url),
    forDiscord: doorOf(servers.get(name) ?? {}) === 'ingress',
  }));
}

async function callBuiltin(builtin: Builtin, order: ToolCallOrder): Promise<CallEnd> {
  const started = performance.now();
  try {
    const result = await builtin.run(order.arguments, order);
    const told = typeof result === 'string' ? { content: result } : result;
    return { outcome: 'ok', ...told, backendMs: performance.now() - started };
  } catch (error) {
    // Node refuses a value that the schema could not refuse with a RangeError.
    if (error instanceof RangeError) return { outcome: 'error', content: errorText(error) };
    builtinCrashed(builtin.tool.name, error);
    return { outcome: 'error', content: `${builtin.tool.name} failed inside. Tell the user.` };
  }
}

/**
 * When several tools have one name, the first stays: ours first, then in the order of servers.json. Each dropped one is
 * logged once.
 */
function uniqueNames(own: Map<string, Builtin>): (tools: ListedTool[]) => ListedTool[] {
  const told = new Set<string>();
  return (tools) => {
    const owners = new Map<string, string>([...own.keys()].map((name) => [name, 'builtin']));
    return tools.filter(({ name, domain }) => {
      const owner = owners.get(name) ?? domain;
      owners.set(name, owner);
      if (owner === domain) return true;
      const key = `${domain} ${name}`;
      if (!told.has(key)) toolLeftOut(domain, name, `${owner} has a tool of this name already`);
      told.add(key);
      return false;
    });
  };
}
