import { readFileSync } from 'node:fs';
import path from 'node:path';
import { domainNames, loadDomain, type DomainName } from '#mcp/domains.ts';
import { countTokens } from '#services/worker/history/tokens.ts';
import type { OfferedTool } from '#services/worker/tools/toolbox.ts';
import { createBuiltins } from '#services/worker/tools/builtin/builtins.ts';
import { findTools } from '#services/worker/tools/offering/find-tools.ts';
import { present } from '#services/worker/tools/present.ts';
import { readTools, type ListedTool } from '#services/worker/tools/read-tools.ts';
import { loadConfig } from '#shared/ground/config.ts';
import { parsePolicy, type Policy } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { exampleSettings } from './example-settings.ts';

/** A tool as a model is offered it. */
export interface Offered {
  /** Its domain; `builtin` for the worker's own. */
  domain: string;
  /** As a caller has it who may use it without asking. */
  tool: OfferedTool;
  name: string;
  /** It changes nothing, by its own annotations. */
  readOnly: boolean;
  description: string;
  parameters: Record<string, unknown>;
  /** Of name, description and schema, as JSON. */
  tokens: number;
}

/** Whose form of the tools is measured and shown: what all providers take. */
const family = 'other';

/** All tools that come with Dragoman, by domain and name. */
export async function allOffered(): Promise<Offered[]> {
  const own = await Promise.all(domainNames.map(toolsOf));
  return Promise.all([...createBuiltins().map(({ tool }) => tool), ...own.flat()].map(offered));
}

async function toolsOf(name: DomainName): Promise<ListedTool[]> {
  const module = await loadDomain(name);
  // A domain is made, and connects to nothing before its first call.
  await using domain = module.createDomain(loadConfig(module.config, exampleSettings(name, module.config)));
  const entry = { command: 'none', args: [], domain: name } as never;
  const wires = domain.tools.map((tool) => tool.wire);
  const { core = [], keywords = '' } = domain;
  const lost = core.filter((each) => !wires.some((wire) => wire.name === each));
  if (lost.length > 0) throw new Error(`mcp/${name}/domain.ts: core names no tool: ${lost.join(', ')}`);
  return readTools(name, entry, wires, { core: [...core], keywords });
}

/** The tool that finds those of which a model is not told, with all of them to be found. */
export function findToolsOffered(tools: readonly Offered[]): Promise<Offered> {
  return offered(findTools(tools.map(({ tool }) => tool)));
}

async function offered(listed: Omit<OfferedTool, 'permission'>): Promise<Offered> {
  const tool: OfferedTool = { ...listed, permission: 'allow' };
  const [shown] = present([tool], family);
  if (shown?.type !== 'function') throw new Error(`${tool.name} is not offered`);
  const { name, description = '', parameters = {} } = shown.function;
  const definition = JSON.stringify({ name, description, parameters });
  return {
    domain: tool.domain,
    tool,
    name,
    readOnly: tool.readOnly,
    description,
    parameters,
    tokens: await countTokens(definition),
  };
}

const callers: Record<'member' | 'operator', Caller> = {
  member: { kind: 'discord', id: '1', name: 'member', discordRoles: [] },
  // Some tools are for people in Discord alone: this is the role of the playground's operators.
  operator: { kind: 'discord', id: '2', name: 'operator', discordRoles: ['1457523995443200012'] },
};

/** The policy that comes with Dragoman. */
export function shippedPolicy(root: string): Policy {
  return parsePolicy(readFileSync(path.join(root, 'mcp/policy.yaml'), 'utf8'));
}

/** The tools that mcp/policy.yaml gives to a person in the server, or to whoever may use everything. */
export function offeredTo(tools: readonly Offered[], who: 'member' | 'operator', policy: Policy): Offered[] {
  return tools.filter(({ name }) => policy.permission(callers[who], name) !== 'deny');
}

/** Tools that write, and that members have all the same: what they change belongs to who asks alone. */
export const ofOneself: ReadonlySet<string> = new Set(['memory_save', 'memory_delete']);

/**
 * Compares the policy with what the tools say of themselves: members may use what only reads, and operators are asked before
 * anything else. Returns what is to be changed in mcp/policy.yaml.
 */
export function againstPolicy(tools: readonly Offered[], policy: Policy): string[] {
  return tools
    .filter(({ name }) => !ofOneself.has(name))
    .flatMap(({ name, readOnly }) => {
      const [member, operator] = [policy.permission(callers.member, name), policy.permission(callers.operator, name)];
      if (readOnly) return member === 'allow' ? [] : [`${name} only reads: name it under allow of the role member`];
      if (member === 'deny' && operator === 'approve') return [];
      return [`${name} may write: name it under approve of the role operator, and not in the role member`];
    });
}

const gatewayClient: Caller = { kind: 'api', id: 'litellm', name: 'litellm', discordRoles: [] };

/** The tools that clients of LiteLLM's MCP gateway get: those that its own role gives, and nobody is asked about. */
export function offeredByGateway(tools: readonly Offered[], policy: Policy): Offered[] {
  return tools.filter(({ name, domain }) => domain !== 'builtin' && policy.permission(gatewayClient, name) === 'allow');
}

/** Core tools that only read and that these clients do not get. */
export function missingAtGateway(tools: readonly Offered[], policy: Policy): string[] {
  const theirs = new Set(offeredByGateway(tools, policy).map(({ name }) => name));
  return tools
    .filter(({ domain, readOnly, tool, name }) => domain !== 'builtin' && readOnly && tool.core && !theirs.has(name))
    .map(({ name }) => `${name} is core of its domain: name it under allow of the role gateway`);
}

/** A domain's tools as text, for review: what a change of wording does to a model is seen there. */
export function snapshotOf(tools: readonly Offered[]): string {
  return tools
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, description, parameters }) => `${name}\n${description}\n${JSON.stringify(parameters, null, 2)}\n`)
    .join('\n');
}

/** Of all domains, by the name of the file under test/checks/offered. */
export function snapshots(tools: readonly Offered[]): Map<string, string> {
  const domains = [...new Set(tools.map(({ domain }) => domain))].toSorted();
  return new Map(domains.map((name) => [`${name}.txt`, snapshotOf(tools.filter(({ domain }) => domain === name))]));
}
