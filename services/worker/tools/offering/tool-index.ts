import { presentedName } from '#shared/servers/presented-name.ts';
import type { OfferedTool } from '../toolbox.ts';
import { wordsOf } from './words.ts';

/** A text that may point to tools. */
export interface Pointer {
  text: string;
  /** How much it counts beside the others. */
  weight: number;
}

/** Finds tools by what texts have in common with their names, titles, descriptions, arguments and keywords. */
export interface ToolIndex {
  /** The tools that the texts point to, the best first; of equal ones in the order of their names. */
  search(pointers: readonly Pointer[]): OfferedTool[];
}

/** How much a word counts by where it stands. */
const weights = { name: 3, domain: 3, title: 2, keywords: 2, description: 1, argument: 0.5 };
/** More than any words can weigh: a tool that is called by its whole name is meant. */
const namedInFull = 1_000;
/** Letters that two forms of one word have in common at their beginning. */
const sharedStart = 3;

interface Posting {
  tool: number;
  weight: number;
}

const indexes = new WeakMap<readonly OfferedTool[], ToolIndex>();

/** The index of a list of tools; the same list has the same index. */
export function toolIndex(tools: readonly OfferedTool[]): ToolIndex {
  const known = indexes.get(tools) ?? createIndex(tools);
  indexes.set(tools, known);
  return known;
}

function createIndex(tools: readonly OfferedTool[]): ToolIndex {
  const postings = new Map<string, Posting[]>();
  for (const [tool, each] of tools.entries()) {
    for (const [word, weight] of weighedWords(each)) {
      const list = postings.get(word) ?? [];
      list.push({ tool, weight });
      postings.set(word, list);
    }
  }
  const alike = Map.groupBy(postings.keys(), (word) => word.slice(0, sharedStart));
  const names = tools.map(({ name }) => [name.toLowerCase(), presentedName(name).toLowerCase()]);

  /** Adds to each tool's points what one word of a text says for it. */
  function score(word: string, weight: number, points: number[]): void {
    const best = new Map<number, number>();
    for (const form of alike.get(word.slice(0, sharedStart)) ?? []) {
      const likeness = likenessOf(word, form);
      if (likeness === 0) continue;
      const having = postings.get(form) ?? [];
      const rarity = Math.log2(1 + tools.length / having.length);
      for (const each of having) {
        best.set(each.tool, Math.max(best.get(each.tool) ?? 0, each.weight * likeness * rarity));
      }
    }
    for (const [tool, value] of best) points[tool] = (points[tool] ?? 0) + value * weight;
  }

  return {
    search(pointers) {
      const points = tools.map(() => 0);
      for (const { text, weight } of pointers) {
        for (const word of wordsOf(text)) score(word, weight, points);
        const whole = new Set(text.toLowerCase().match(/[a-z0-9_.-]{3,}/g));
        for (const [tool, forms] of names.entries()) {
          if (forms.some((name) => whole.has(name))) points[tool] = (points[tool] ?? 0) + namedInFull * weight;
        }
      }
      return [...tools.entries()]
        .filter(([tool]) => (points[tool] ?? 0) > 0)
        .toSorted(([a, x], [b, y]) => (points[b] ?? 0) - (points[a] ?? 0) || (x.name < y.name ? -1 : 1))
        .map(([, tool]) => tool);
    },
  };
}

/** The words of a tool, each with the weight of the best place where it stands. */
function weighedWords(tool: OfferedTool): Map<string, number> {
  const { name, domain, title, keywords = '', description, inputSchema } = tool;
  const found = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    for (const word of wordsOf(text)) found.set(word, Math.max(found.get(word) ?? 0, weight));
  };
  add(name, weights.name);
  add(domain, weights.domain);
  add(title, weights.title);
  add(keywords, weights.keywords);
  add(description, weights.description);
  for (const [argument, schema] of Object.entries((inputSchema['properties'] ?? {}) as Record<string, unknown>)) {
    const about = (schema as { description?: unknown } | null)?.description;
    add(`${argument} ${typeof about === 'string' ? about : ''}`, weights.argument);
  }
  return found;
}

/**
 * 1 for the same word, less for two forms of one (`pod` and `pods`, `Datenbank` and `Datenbanken`), else
 * 0.
 */
function likenessOf(word: string, form: string): number {
  if (word === form) return 1;
  const [short, long] = word.length < form.length ? [word, form] : [form, word];
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared += 1;
  const part = shared / long.length;
  const isBeginning = shared === short.length;
  if (isBeginning && long.length - shared === 1) return 0.95;
  if (shared <= sharedStart) return 0;
  return part >= (isBeginning ? 0.5 : 0.7) ? part * 0.8 : 0;
}
