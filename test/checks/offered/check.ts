import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Policy } from '#shared/rights/policy.ts';
import {
  againstPolicy,
  allOffered,
  findToolsOffered,
  missingAtGateway,
  offeredByGateway,
  ofOneself,
  offeredTo,
  shippedPolicy,
  snapshots,
  type Offered,
} from './offers.ts';
import { largestList } from './short-lists.ts';

/** mcp/budget.json: most tokens of one tool's definition, and of the list of tools of which a model is told at once. */
export interface Budget {
  tool: number;
  list: number;
}

interface Count {
  what: string;
  tokens: number;
  limit: number;
}

/** Prints what each tool costs a model; resolves to the complaints: what is over its limit, and stale snapshots. */
export async function checkOffered(root: string): Promise<string[]> {
  const tools = await allOffered();
  const budget = JSON.parse(readFileSync(path.join(root, 'mcp/budget.json'), 'utf8')) as Budget;
  const policy = shippedPolicy(root);
  const all = await counts(tools, budget, policy);
  for (const { what, tokens, limit } of all) {
    process.stdout.write(`    ${what.padEnd(26)} ${String(tokens).padStart(5)} of ${limit} tokens\n`);
  }
  const policyProblems = [...againstPolicy(tools, policy), ...missingAtGateway(tools, policy)];
  const wording = stale(snapshots([...tools, await findToolsOffered([])]), path.join(root, 'test/checks/offered'));
  return [...overBudget(all), ...policyProblems.map((each) => `mcp/policy.yaml: ${each}`), ...wording];
}

/** Shows that a tool that grew, a total that grew and a changed wording are each complained of. */
export async function offeredCanary(root: string): Promise<string[]> {
  const tools = await allOffered();
  const small = await counts(tools, { tool: 1, list: 1 }, shippedPolicy(root));
  const changed = [...tools, await findToolsOffered([])].map((tool) => ({
    ...tool,
    description: `${tool.description} `,
  }));
  const missed = small.filter((count) => overBudget([count]).length === 0).map(({ what }) => `no limit for ${what}`);
  const files = snapshots(changed);
  const otherWay = tools.map((tool) => ({ ...tool, readOnly: !tool.readOnly }));
  const judged = tools.filter(({ name }) => !ofOneself.has(name));
  const fitting = judged.length - againstPolicy(otherWay, shippedPolicy(root)).length;
  if (fitting > 0) missed.push(`${fitting} tools that the policy does not fit were not noticed`);
  const core = tools.map((each) => ({ ...each, tool: { ...each.tool, core: true } }));
  if (missingAtGateway(core, shippedPolicy(root)).length === 0) missed.push('core tools that LiteLLM lacks');
  const unseen = files.size - stale(files, path.join(root, 'test/checks/offered')).length;
  return unseen === 0 ? missed : [...missed, `${unseen} changed snapshots were not noticed`];
}

async function counts(tools: readonly Offered[], budget: Budget, policy: Policy): Promise<Count[]> {
  const counted = [...tools, await findToolsOffered(tools)];
  const one = counted.map(({ name, tokens }) => ({ what: name, tokens, limit: budget.tool }));
  const lists = (['member', 'operator'] as const).map(async (who) => {
    const theirs = offeredTo(tools, who, policy);
    const all = theirs.reduce((sum, { tokens }) => sum + tokens, 0);
    const { tokens, question } = await largestList(theirs);
    const what = `list of ${who === 'member' ? 'a member' : 'an operator'}, "${question}" (all ${theirs.length}: ${all})`;
    return { what, tokens, limit: budget.list };
  });
  const atGateway = offeredByGateway(tools, policy);
  const gateway = {
    what: `LiteLLM's clients (${atGateway.length} tools)`,
    tokens: atGateway.reduce((sum, { tokens }) => sum + tokens, 0),
    limit: budget.list,
  };
  return [...one, ...(await Promise.all(lists)), gateway];
}

function overBudget(all: readonly Count[]): string[] {
  return all
    .filter(({ tokens, limit }) => tokens > limit)
    .map(({ what, tokens, limit }) => `${what}: ${tokens} tokens, over the ${limit} of mcp/budget.json`);
}

function stale(wanted: ReadonlyMap<string, string>, folder: string): string[] {
  const stored = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  const names = new Set([...stored, ...wanted.keys()]);
  return [...names]
    .filter((name) => !stored.includes(name) || readFileSync(path.join(folder, name), 'utf8') !== wanted.get(name))
    .map((name) => `test/checks/offered/${name} is stale: run npm run generate, and look at the change`);
}
