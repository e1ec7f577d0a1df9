import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Policy } from '#shared/rights/policy.ts';
import { againstPolicy, allOffered, ofOneself, offeredTo, shippedPolicy, snapshots, type Offered } from './offers.ts';

/** mcp/budget.json: most tokens of one tool's definition, and of all that a member or an operator is offered. */
export interface Budget {
  tool: number;
  member: number;
  operator: number;
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
  const all = counts(tools, budget, policy);
  for (const { what, tokens, limit } of all) {
    process.stdout.write(`    ${what.padEnd(26)} ${String(tokens).padStart(5)} of ${limit} tokens\n`);
  }
  const wording = stale(snapshots(tools), path.join(root, 'test/checks/offered'));
  return [...overBudget(all), ...againstPolicy(tools, policy).map((each) => `mcp/policy.yaml: ${each}`), ...wording];
}

/** Shows that a tool that grew, a total that grew and a changed wording are each complained of. */
export async function offeredCanary(root: string): Promise<string[]> {
  const tools = await allOffered();
  const small = counts(tools, { tool: 1, member: 1, operator: 1 }, shippedPolicy(root));
  const changed = tools.map((tool) => ({ ...tool, description: `${tool.description} ` }));
  const missed = small.filter((count) => overBudget([count]).length === 0).map(({ what }) => `no limit for ${what}`);
  const files = snapshots(changed);
  const otherWay = tools.map((tool) => ({ ...tool, readOnly: !tool.readOnly }));
  const judged = tools.filter(({ name }) => !ofOneself.has(name));
  const fitting = judged.length - againstPolicy(otherWay, shippedPolicy(root)).length;
  if (fitting > 0) missed.push(`${fitting} tools that the policy does not fit were not noticed`);
  const unseen = files.size - stale(files, path.join(root, 'test/checks/offered')).length;
  return unseen === 0 ? missed : [...missed, `${unseen} changed snapshots were not noticed`];
}

function counts(tools: readonly Offered[], budget: Budget, policy: Policy): Count[] {
  const one = tools.map(({ name, tokens }) => ({ what: name, tokens, limit: budget.tool }));
  const who = (['member', 'operator'] as const).map((each) => ({
    what: `all of ${each === 'member' ? 'a member' : 'an operator'}`,
    tokens: offeredTo(tools, each, policy).reduce((sum, { tokens }) => sum + tokens, 0),
    limit: budget[each],
  }));
  return [...one, ...who];
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
