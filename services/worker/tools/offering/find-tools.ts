import type { OfferedTool } from '../toolbox.ts';
import { tokenCost } from './token-cost.ts';
import { toolIndex } from './tool-index.ts';

export const findToolsName = 'find_tools';

/** Most tokens of its own definition, with the longest list of domains. */
export const findToolsTokens = 200;
/** Characters of the list of domains. */
const maxDomains = 250;
/** Tools that one search adds to the list, and names of further ones that it tells. */
const maxFound = 10;
const maxNamed = 30;

/** The tool by which a model gets at the tools that its list has no room for. `hidden`: those tools. */
export function findTools(hidden: readonly OfferedTool[]): OfferedTool {
  const counts = [...Map.groupBy(hidden, ({ domain }) => domain)].map(([name, tools]) => `${name} (${tools.length})`);
  const more = hidden.length === 0 ? '' : ` There are more of: ${bounded(counts)}.`;
  return {
    name: findToolsName,
    domain: 'builtin',
    title: 'Find tools',
    description: `Finds further tools by what they do, and adds them to yours. Look here before you say that something cannot be done.${more}`,
    inputSchema: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What is to be done, with which system; in English.' } },
      required: ['query'],
      additionalProperties: false,
    },
    readOnly: true,
    repeatable: true,
    openWorld: false,
    remembered: false,
    // It shows nothing that its caller may not use.
    permission: 'allow',
  };
}

function bounded(parts: readonly string[]): string {
  let text = '';
  for (const [at, part] of parts.entries()) {
    if (text.length + part.length > maxDomains) return `${text} and ${parts.length - at} other systems`;
    text += (at === 0 ? '' : ', ') + part;
  }
  return text;
}

export interface Finding {
  /** The names of the tools that are in the list from now on. */
  found: string[];
  /** What the model reads. */
  content: string;
}

/** Looks for tools by their words. What it finds takes at most `tokens` in the list, or is one tool. */
export function search(tools: readonly OfferedTool[], query: string, tokens: number): Finding {
  const fitting = toolIndex(tools).search([{ text: query, weight: 1 }]);
  if (fitting.length === 0) {
    const domains = [...new Set(tools.map(({ domain }) => domain))];
    const content = `No tool has any of these words. Say in other words, in English, what is to be done, or name a system: ${bounded(domains)}.`;
    return { found: [], content };
  }
  const found: string[] = [];
  let left = tokens;
  for (const tool of fitting.slice(0, maxFound)) {
    left -= tokenCost(tool);
    if (left < 0 && found.length > 0) break;
    found.push(tool.name);
  }
  const others = fitting.slice(found.length, found.length + maxNamed).map(({ name }) => name);
  const also = others.length === 0 ? '' : ` Further ones, which a search for their name adds: ${others.join(', ')}.`;
  return { found, content: `These are among your tools from now on: ${found.join(', ')}.${also}` };
}
