import { UpstreamError } from '#shared/ground/errors.ts';
import type { Policy, PolicySource } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { isDomainEntry, type ServerEntry } from '#shared/servers/entry.ts';
import { readPrompts, type NamedPrompt, type ServerPrompt } from '#shared/servers/prompts.ts';
import { OFFERING_META, PROMPTS_META } from '#shared/ground/tool-meta.ts';
import { readOffering, type Offering } from '#shared/servers/offering.ts';
import type { TokenSigner } from '#shared/rights/tokens.ts';
import type { Breakers } from '../gateway/breakers.ts';
import { runnerFailed } from './events.ts';
import type { McpClient } from './mcp-client.ts';
import { readTools, type ListedTool } from './read-tools.ts';

/** One MCP server behind its tool-runner. */
export interface Runner {
  name: string;
  /** Absent for a runner that only TOOL_RUNNERS names. */
  entry: ServerEntry | undefined;
  client: McpClient;
  /** True when it serves only people who ask in Discord. */
  forDiscord: boolean;
}

export interface Listing {
  tools: ListedTool[];
  prompts: NamedPrompt[];
  /**
   * The servers that are away now and that people may know: our own domains, and others' servers that were there
   * before. A server that somebody added and that has never worked concerns only the operator, and would be noise to a
   * model.
   */
  unreachable: string[];
}

/** Remembers what the tool-runners offer. */
export interface Catalogue {
  /**
   * All runners' tools that this caller's roles may list. It returns the same object as long as neither the policy nor
   * a list has changed, so that callers can remember what they made of it. Never rejects.
   */
  list(caller: Caller): Promise<Listing>;
  /** Reports that the runner was found away, so that its list is asked for again soon. */
  doubt(server: string): void;
}

interface Remembered {
  tools: ListedTool[];
  prompts: NamedPrompt[];
  /** `performance.now()` of the last attempt. */
  triedAt: number;
  failed: boolean;
  /** Whether its failure was told since it last succeeded. */
  told: boolean;
  loading: Promise<void> | undefined;
}

interface Answered {
  tools: unknown[];
  prompts: ServerPrompt[];
  offering: Offering;
}

/** Milliseconds after which a runner that was away is asked again; never longer than lists are kept. */
const retryMs = 1_000;
/** Milliseconds that an offer waits for a missing list; a list that takes longer comes with the next offer. */
const patienceMs = 5_000;
/** `triedAt` of a list that is due, but may be used until the new one is there. */
const longAgo = -Number.MAX_SAFE_INTEGER;
/** Stands for the list of a runner that is away. */
const away: ListedTool[] = [];
/** Sets of roles that are remembered; all callers of a set see the same lists. */
const maxRoleSets = 200;

export function createCatalogue(parts: {
  runners: Runner[];
  policy: PolicySource;
  signer: TokenSigner;
  breakers: Breakers;
  refreshMs: number;
}): Catalogue {
  const { runners, policy, signer, breakers, refreshMs } = parts;
  let lists = new Map<string, Remembered>();
  let listings = new Map<string, { of: ListedTool[][]; listing: Listing }>();
  let listedUnder: Policy | undefined;
  /** Servers that have listed their tools since this process started. */
  const seen = new Set<string>();

  function remembered(runner: Runner, roles: string): Remembered {
    const key = `${runner.name} ${roles}`;
    const known = lists.get(key);
    if (known) return known;
    if (lists.size >= maxRoleSets * Math.max(1, runners.length)) lists.clear();
    const fresh: Remembered = {
      tools: [],
      prompts: [],
      triedAt: -Infinity,
      failed: true,
      told: false,
      loading: undefined,
    };
    lists.set(key, fresh);
    return fresh;
  }

  function refresh(runner: Runner, caller: Caller, list: Remembered): Promise<void> {
    list.loading ??= load(runner, caller, list).finally(() => {
      list.triedAt = performance.now();
      list.loading = undefined;
    });
    return list.loading;
  }

  async function load(runner: Runner, caller: Caller, list: Remembered): Promise<void> {
    try {
      const listed = await breakers.run(`tool-runner:${runner.name}`, () => ask(runner, caller));
      const { tools, prompts, offering } = listed;
      list.tools = readTools(runner.name, runner.entry, tools, offering);
      list.prompts = prompts.map((prompt) => ({ ...prompt, server: runner.name }));
      list.failed = false;
      list.told = false;
      seen.add(runner.name);
    } catch (error) {
      // At the first try it may be starting beside this worker, which is no news.
      const isNews = !list.told && (!list.failed || list.triedAt !== -Infinity);
      if (isNews) runnerFailed(runner.name, 'list of tools', error);
      list.told ||= isNews;
      list.failed = true;
    }
  }

  async function ask(runner: Runner, caller: Caller): Promise<Answered> {
    const token = (now: number) => signer.sign(runner.name, { caller, run: 'list', tool: '*' }, now);
    const signal = AbortSignal.timeout(patienceMs);
    const tools: unknown[] = [];
    let meta: Record<string, unknown> | undefined;
    let cursor: unknown;
    do {
      const params = typeof cursor === 'string' ? { cursor } : {};
      const { result } = await runner.client.request({ method: 'tools/list', params, token, signal });
      if (!Array.isArray(result['tools'])) throw new UpstreamError('no-tools', 'the answer has no list of tools');
      tools.push(...(result['tools'] as unknown[]));
      meta = result['_meta'] as Record<string, unknown> | undefined;
      cursor = result['nextCursor'];
    } while (typeof cursor === 'string' && tools.length < 1_000);
    return { tools, prompts: readPrompts(meta?.[PROMPTS_META]), offering: readOffering(meta?.[OFFERING_META]) };
  }

  async function listOf(runner: Runner, caller: Caller, roles: string): Promise<Remembered> {
    const list = remembered(runner, roles);
    const age = performance.now() - list.triedAt;
    if (list.triedAt === -Infinity) await refresh(runner, caller, list);
    else if (age > (list.failed ? Math.min(retryMs, refreshMs) : refreshMs)) void refresh(runner, caller, list);
    return list;
  }

  return {
    async list(caller) {
      const now = policy.current();
      // Runners list by the policy too, so that another policy means other lists.
      if (now !== listedUnder) {
        lists = new Map();
        listings = new Map();
      }
      listedUnder = now;
      const own = caller.kind === 'discord' ? runners : runners.filter(({ forDiscord }) => !forDiscord);
      const kind = own.length < runners.length ? 'elsewhere ' : '';
      const roles = `${kind}${now.roles(caller).toSorted().join(',')}`;
      const all = await Promise.all(own.map((runner) => listOf(runner, caller, roles)));
      const of = all.map((list) => (list.failed ? away : list.tools));
      const known = listings.get(roles);
      if (known && of.every((tools, index) => tools === known.of[index])) return known.listing;
      const listing = {
        tools: of.flat(),
        prompts: all.flatMap((list) => (list.failed ? [] : list.prompts)),
        unreachable: own
          .filter((runner, index) => of[index] === away && (isOurs(runner) || seen.has(runner.name)))
          .map((runner) => runner.name),
      };
      if (listings.size >= maxRoleSets) listings.clear();
      listings.set(roles, { of, listing });
      return listing;
    },
    doubt(server) {
      for (const [key, list] of lists)
        if (key.startsWith(`${server} `) && list.triedAt !== -Infinity) list.triedAt = longAgo;
    },
  };
}

/** Whether a runner serves one of our own domains. */
export function isOurs({ entry }: Runner): boolean {
  return entry === undefined || isDomainEntry(entry);
}
