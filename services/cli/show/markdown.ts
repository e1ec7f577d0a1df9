import { stripVTControlCharacters, styleText } from 'node:util';
import { marked, type Token, type Tokens } from 'marked';
import { printable } from '../text.ts';

/** Colours and weights; all text as it is when `colour` is off. */
type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/**
 * Markdown as a terminal shows it: headings and emphasis as weight, lists indented, code and tables aligned, small
 * print (`-# …`, as Discord has it) dim. Control
 * characters in the text are dropped, so that an answer cannot repaint the terminal.
 */
export function renderMarkdown(text: string, options: { colour: boolean }): string {
  const style: Style = options.colour ? (format, plain) => styleText(format, plain, { validateStream: false }) : plain;
  return blocks(marked.lexer(printable(text)), style)
    .replace(/^-# (.*)$/gm, (_, small: string) => style('dim', small))
    .trimEnd();
}

/** How many characters at the beginning of a growing text are whole blocks that later text cannot change. */
export function settledLength(text: string): number {
  const tokens = marked.lexer(text);
  while (tokens.at(-1)?.type === 'space') tokens.pop();
  tokens.pop();
  return tokens.reduce((length, token) => length + token.raw.length, 0);
}

function plain(_: unknown, text: string): string {
  return text;
}

function blocks(tokens: Token[], style: Style): string {
  return tokens
    .map((token) => block(token, style))
    .filter((text) => text !== '')
    .join('\n\n');
}

function block(token: Token, style: Style): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return '';
    case 'heading':
      return style(['bold', 'underline'], inline(token.tokens, style));
    case 'code':
      return code((token as Tokens.Code).text, style);
    case 'blockquote':
      return indent(blocks(token.tokens ?? [], style), style('dim', '│ '));
    case 'list':
      return list(token as Tokens.List, style);
    case 'table':
      return table(token as Tokens.Table, style);
    case 'hr':
      return style('dim', '─'.repeat(20));
    default:
      return 'tokens' in token ? inline(token.tokens, style) : decode(token.raw.trimEnd());
  }
}

/** An empty one is nothing to see. */
function code(text: string, style: Style): string {
  return text.trim() === '' ? '' : indent(style('cyan', text), '    ');
}

function list(token: Tokens.List, style: Style): string {
  const start = typeof token.start === 'number' ? token.start : 1;
  return token.items
    .map((item, index) => {
      const marker = token.ordered ? `${start + index}. ` : '• ';
      const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : '';
      const parts = item.tokens.filter((part) => part.type !== 'checkbox').map((part) => block(part, style));
      const body = box + parts.filter(Boolean).join('\n');
      return marker + body.replaceAll('\n', `\n${' '.repeat(marker.length)}`);
    })
    .join('\n');
}

function table(token: Tokens.Table, style: Style): string {
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => inline(cell.tokens, style)));
  const widths = token.header.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return token.align[column] === 'right' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  return [style('bold', head), style('dim', widths.map((width) => '─'.repeat(width)).join('  ')), ...body].join('\n');
}

function inline(tokens: Token[] | undefined, style: Style): string {
  return (tokens ?? []).map((token) => span(token, style)).join('');
}

function span(token: Token, style: Style): string {
  switch (token.type) {
    case 'strong':
      return style('bold', inline(token.tokens, style));
    case 'em':
      return style('italic', inline(token.tokens, style));
    case 'del':
      return style('strikethrough', inline(token.tokens, style));
    case 'codespan':
      return style('cyan', (token as Tokens.Codespan).text);
    case 'br':
      return '\n';
    case 'link':
    case 'image':
      return link(token as Tokens.Link, style);
    case 'text':
    case 'escape':
      return 'tokens' in token ? inline(token.tokens, style) : decode((token as Tokens.Text).text);
    default:
      return token.raw;
  }
}

/** Always with its address: the words of a link say nothing of where it leads. */
function link(token: Tokens.Link, style: Style): string {
  const label = inline(token.tokens, style) || token.text;
  return label === token.href ? style('underline', label) : `${label} ${style('dim', `(${token.href})`)}`;
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function decode(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

function indent(text: string, prefix: string): string {
  return text.replace(/^/gm, prefix);
}

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
const graphemes = new Intl.Segmenter();

/** Columns that a line takes on the screen. */
export function displayWidth(line: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(line))) {
    if (/^[\p{Mark}\u200B-\u200D\uFEFF]+$/u.test(segment)) continue;
    width += wide.test(segment) ? 2 : 1;
  }
  return width;
}
