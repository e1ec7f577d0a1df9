import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { InternalError } from '#shared/ground/errors.ts';

// Changes one entry of a JSON text and leaves everything else as it is: order, comments, indentation, line endings.
// jsonc-parser's own edits move or lose the comments beside what they change.

/** Characters of a line, as the formatter allows. */
const lineMax = 120;

/** The text with one more property in the object at `path`, after the others. */
export function insertProperty(text: string, path: string[], key: string, value: unknown): string {
  const object = nodeAt(text, path);
  const last = object.children?.at(-1);
  const style = styleOf(text, object);
  const close = object.offset + object.length - 1;
  const from = last ? endOf(last) : object.offset + 1;
  const between = text.slice(from, close);
  const at = from + between.trimEnd().length;
  const head = `${JSON.stringify(key)}: `;
  if (last && !style.ownLines) {
    const comma = hasComma(between) ? '' : ',';
    return `${text.slice(0, at)}${comma} ${head}${inOneLine(value)}${text.slice(at)}`;
  }
  const comma = last && !hasComma(between) ? ',' : '';
  const written = `${style.eol}${style.indent}${head}${print(value, style, head.length)}`;
  const trailing = last && comma === '' ? ',' : '';
  const end = last ? text.slice(at) : `${style.eol}${style.outer}${text.slice(close)}`;
  return `${text.slice(0, from)}${comma}${text.slice(from, at)}${written}${trailing}${end}`;
}

/** The text without the property at `path`. A comment behind it, on its last line, goes with it. */
export function removeProperty(text: string, path: string[]): string {
  const property = nodeAt(text, path).parent;
  const siblings = property?.parent?.children ?? [];
  if (!property) throw new InternalError('no-property', `${path.join('.')} is no property`);
  const previous = siblings[siblings.indexOf(property) - 1];
  const lineStart = text.lastIndexOf('\n', property.offset) + 1;
  const ownLine = text.slice(lineStart, property.offset).trim() === '';
  const after = /^[^\S\n]*,/.exec(text.slice(endOf(property)))?.[0] ?? '';
  const rest = endOf(property) + after.length;
  const behind = /^[^\S\n]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/[^\S\n]*)?(?:\n|$)/.exec(text.slice(rest))?.[0];
  const head =
    previous && !after.endsWith(',')
      ? withoutComma(text, endOf(previous), ownLine ? lineStart : property.offset)
      : text.slice(0, ownLine ? lineStart : property.offset);
  if (ownLine) return head + (behind === undefined ? text.slice(rest).trimStart() : text.slice(rest + behind.length));
  const tail = text.slice(rest);
  return after.endsWith(',') ? head + tail.replace(/^[^\S\n]+/, '') : head.trimEnd() + tail;
}

/** Everything before `end`, without the comma between it and the value that ends at `from`. */
function withoutComma(text: string, from: number, end: number): string {
  const at = blankComments(text.slice(from, end)).indexOf(',');
  return at === -1 ? text.slice(0, end) : text.slice(0, from + at) + text.slice(from + at + 1, end);
}

function nodeAt(text: string, path: string[]): Node {
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), [], { allowTrailingComma: true });
  const node = tree && findNodeAtLocation(tree, path);
  if (!node) throw new InternalError('no-property', `${path.join('.')} is not in the file`);
  return node;
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function hasComma(between: string): boolean {
  return blankComments(between).includes(',');
}

/** The text with spaces instead of comments, so that positions stay the same. */
function blankComments(text: string): string {
  return text.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
}

interface Style {
  eol: string;
  /** Whitespace before a property of the object, before its brace, and what each level adds. */
  indent: string;
  outer: string;
  unit: string;
  /** Whether each property has a line of its own. */
  ownLines: boolean;
}

function styleOf(text: string, object: Node): Style {
  const last = object.children?.at(-1);
  const outer = indentAt(text, object.offset);
  const unit = /\n([\t ]+)\S/.exec(text)?.[1] ?? '  ';
  const ownLines = last === undefined || text.slice(object.offset, last.offset).includes('\n');
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    indent: last && ownLines ? indentAt(text, last.offset) : outer + unit,
    outer,
    unit,
    ownLines,
  };
}

function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[\t ]*/.exec(text.slice(lineStart))?.[0] ?? '';
}

/** A value as the formatter writes it: on one line if it fits. */
function print(value: unknown, style: Style, before: number): string {
  const flat = inOneLine(value);
  if (style.indent.length + before + flat.length < lineMax || typeof value !== 'object' || value === null) return flat;
  const inner = { ...style, indent: style.indent + style.unit };
  const items = Array.isArray(value)
    ? value.map((each) => print(each, inner, 0))
    : Object.entries(value).map(([key, each]) => {
        const head = `${JSON.stringify(key)}: `;
        return head + print(each, inner, head.length);
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = items.map((item) => style.eol + inner.indent + item);
  return `${open}${lines.join(',')}${style.eol}${style.indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${inOneLine(each)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
