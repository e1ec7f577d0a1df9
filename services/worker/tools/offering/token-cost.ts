import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import type { OfferedTool } from '../toolbox.ts';
import { present } from '../present.ts';

const costs = new WeakMap<OfferedTool, number>();

/** About how many tokens a tool's definition takes, in the form that all providers take. */
export function tokenCost(tool: OfferedTool): number {
  const known = costs.get(tool) ?? estimatedTokens(JSON.stringify(present([tool], 'other')[0]?.function));
  costs.set(tool, known);
  return known;
}
