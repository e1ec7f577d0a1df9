import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** A literal of the code that looks like words for a person. */
export interface Sentence {
  line: number;
  /** With `{}` where a value comes in. */
  text: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** Two words side by side, a word that is joined to a value, or a label of one word. */
const looksLikeWords =
  /\p{L}{2,}[,;:.!?]* \p{L}{2,}|\p{L}{2,}[,;:]? \{\}|\{\}[,;:]? \p{L}{2,}|^\s\p{L}{2,}|\p{L}{2,}\s$|^\p{Lu}\p{Ll}+[….!?]?$/u;

/**
 * Literals in a file's code that look like words for people. Left out are those that cannot reach anybody but the
 * operator or Discord itself: of the log, of thrown errors that are no words of Dragoman's, of imports and types, and
 * the names and descriptions of commands, whose languages `unlocalised` compares.
 */
export function sentencesIn(file: string): Sentence[] {
  const code = readFileSync(file, 'utf8');
  return sentencesOf(file, code);
}

export function sentencesOf(file: string, code: string): Sentence[] {
  const found: Sentence[] = [];
  const { program } = parseSync(file, code);
  visit(program as unknown as Node);
  return found;

  function visit(node: Node): void {
    if (isForNobody(node, code)) return;
    const text = textOf(node);
    if (text !== undefined && looksLikeWords.test(text)) {
      found.push({ line: code.slice(0, node.start).split('\n').length, text });
    }
    for (const child of childrenOf(node)) visit(child);
  }
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value);
}

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  return (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('{}');
}

function isForNobody(node: Node, code: string): boolean {
  if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return isType(node);
  const source = (of: unknown) => code.slice((of as Node).start, (of as Node).end);
  if (node.type === 'CallExpression')
    return /^(?:log\b|createLogger$|speak$|messageDropped$)/.test(source(node['callee']));
  // An InternalError and an Error of JavaScript are never shown (`humanMessage`).
  if (node.type === 'NewExpression')
    return /^(?:InternalError|Error|RegExp|DroppedError|SupersededError)$/.test(source(node['callee']));
  return node.type === 'Property' && source(node['key']) === 'definition';
}

/** Code stands within some of TypeScript's own nodes, too. */
function isType(node: Node): boolean {
  return !['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node.type);
}
