import type { Question } from './question.ts';
import { plainWords, stem } from './words.ts';

export type Deed = 'list' | 'read' | 'search' | 'write' | 'query' | 'describe';

/** Verbs of questions and of tool names, by their deed. */
const verbs: Record<Deed, string> = {
  list: 'list|ls|enumerate|exist|exists|available',
  read: 'read|open|cat|print|view|get|fetch|download|display|summarize|summarise|content|contents|load|visit|browse',
  search: 'search|find|grep|lookup|locate|matching',
  write:
    'write|save|create|put|store|upload|append|insert|post|send|add|update|delete|remove|drop|rename|move|execute|start|trigger|click|type|remember|note',
  query: 'query|select|count|sum|average|sql',
  describe: 'describe|columns|column|structure|fields|explain',
};

/**
 * The deeds that a tool's name may show, the most harmful first: a tool that both reads and writes counts as writing.
 */
const deedOrder: readonly Deed[] = ['write', 'search', 'list', 'describe', 'query', 'read'];

/** The deeds that a question asks for, the most telling first. */
export function deedsOf(question: Question): Deed[] {
  const words = plainWords(question.text);
  const found = deedOrder.flatMap((deed) => {
    const at = words.findIndex((word) => verbs[deed].split('|').includes(word));
    return at < 0 ? [] : [{ deed, at }];
  });
  if (question.sql !== undefined) return ['query'];
  const writes = found.find(({ deed, at }) => deed === 'write' && isCommand(words, at));
  const others = found.filter(({ deed }) => deed !== 'write').toSorted((a, b) => a.at - b.at);
  const looks = others.length === 0 && question.paths.some((path) => /\.\w+$/.test(path)) ? (['read'] as const) : [];
  const said: Deed[] = [...(writes ? (['write'] as const) : []), ...others.map(({ deed }) => deed), ...looks];
  // "What", "which" and "show" ask for a list unless another word says something more exact.
  return said.length === 0 && words.some((word) => /^(?:what|which|show|all|any)$/.test(word)) ? ['list'] : said;
}

/** Accepts "Write …", "please save …", "and delete …", but not "what does the store hold" or "what did you note". */
function isCommand(words: readonly string[], at: number): boolean {
  const before = words[at - 1];
  if (before === 'you' && /^(?:do|did)$/.test(words[at - 2] ?? '')) return false;
  return before === undefined || ['please', 'and', 'then', 'you', 'to', 'now', 'just', 'also', 'me'].includes(before);
}

/** A tool's deed, by the words of its name. */
export function deedOfTool(name: string): Deed | undefined {
  const words = plainWords(name);
  return deedOrder.find((deed) => words.some((word) => verbs[deed].split('|').includes(word)));
}

/** The basic forms of all verbs that name a deed. */
export function deedWords(): Set<string> {
  return new Set(deedOrder.flatMap((deed) => verbs[deed].split('|').map(stem)));
}
