import type { OfferedTool } from '../toolbox.ts';
import { findTools, findToolsTokens } from './find-tools.ts';
import { tokenCost } from './token-cost.ts';
import { toolIndex, type Pointer } from './tool-index.ts';

/** What a model's list of tools may take. */
export interface Room {
  tokens: number;
  places: number;
}

/** What a run has to do with its tools so far. */
export interface Interest {
  /** The question and the talk around it. */
  pointers(): readonly Pointer[];
  /** The names of tools that were found, the newest first. */
  found: readonly string[];
  /** The names of tools that were called. */
  used: ReadonlySet<string>;
}

/**
 * The tools of which a model is told: all of them when there is room. Else in this order, while there is room: those
 * that the model looked for and those that it has called; those that are always told of, up to half of the room; those
 * that the question points to; then the first of each domain, the second of each, our own domains before others'. And
 * `find_tools`, which finds the rest. The same run gets the same list again, sorted by name.
 */
export function shortList(tools: OfferedTool[], interest: Interest, room: Room): OfferedTool[] {
  if (fitsWhole(tools, room)) return tools;
  const chosen = new Set<OfferedTool>();
  const left = { tokens: room.tokens - findToolsTokens, places: room.places - 1 };
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const named = [...interest.found, ...interest.used].flatMap((name) => byName.get(name) ?? []);
  // What the model has looked for is there however large it is, or it would look for ever.
  take(named.slice(0, 1), chosen, left, Number.POSITIVE_INFINITY);
  take(named, chosen, left);
  const core = inTurn(tools.filter((tool) => tool.core));
  take(core, chosen, left, room.tokens / 2);
  take(toolIndex(tools).search(interest.pointers()), chosen, left);
  take(core, chosen, left);
  take(inTurn(tools), chosen, left);
  const hidden = tools.filter((tool) => !chosen.has(tool));
  return [...chosen, findTools(hidden)].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function fitsWhole(tools: readonly OfferedTool[], room: Room): boolean {
  if (tools.length > room.places) return false;
  let tokens = 0;
  for (const tool of tools) tokens += tokenCost(tool);
  return tokens <= room.tokens;
}

/** Takes those for which there is room, in their order. `most`: tokens that they may take together. */
function take(tools: readonly OfferedTool[], chosen: Set<OfferedTool>, left: Room, most = left.tokens): void {
  let rest = most;
  for (const tool of tools) {
    const cost = tokenCost(tool);
    if (chosen.has(tool) || cost > rest || left.places === 0) continue;
    if (most !== Number.POSITIVE_INFINITY && cost > left.tokens) continue;
    chosen.add(tool);
    rest -= cost;
    left.tokens -= cost;
    left.places -= 1;
  }
}

/** The first tool of each domain, then the second of each …; what is our own comes before what is others'. */
function inTurn(tools: readonly OfferedTool[]): OfferedTool[] {
  const domains = [...Map.groupBy(tools, ({ domain }) => domain).values()];
  const ranked = domains.flatMap((ofDomain) => ofDomain.map((tool, at) => ({ tool, at })));
  return ranked
    .toSorted((a, b) => Number(b.tool.own ?? false) - Number(a.tool.own ?? false) || a.at - b.at)
    .map(({ tool }) => tool);
}
