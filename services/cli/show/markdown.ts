import { styleText } from 'node:util';
import { marked, type Token, type Tokens } from 'marked';
import { alignGrid, cardsOf, columnWidths, gridWidth, type Grid } from '#shared/tables/grid.ts';
import { printable } from '../text.ts';
import { wrapText } from './wrap.ts';

/** Applies colours and weights; leaves all text unchanged when `colour` is off. */
interface Style {
  (format: Parameters<typeof styleText>[0], text: string): string;
  /** Columns that a table may take. */
  columns: number;
}

/**
 * Renders Markdown for a terminal: headings and emphasis as weight, lists indented, code and tables aligned, small
 * print (Discord's `-# …`) dim. Text is broken between words, and a table wider than `columns` is turned into a block of lines
 * for each row. Control
 * characters in the text are dropped, so that an answer cannot repaint the terminal.
 */
export function renderMarkdown(text: string, options: { colour: boolean; columns?: number }): string {
  const style = createStyle(options.colour, options.columns ?? Infinity);
  return blocks(marked.lexer(printable(text)), style).trimEnd();
}

/** How many characters at the beginning of a growing text are whole blocks, which later text cannot change. */
export function settledLength(text: string): number {
  const tokens = marked.lexer(text);
  while (tokens.at(-1)?.type === 'space') tokens.pop();
  tokens.pop();
  return tokens.reduce((length, token) => length + token.raw.length, 0);
}

function createStyle(colour: boolean, columns: number): Style {
  const paint: Style = (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
  paint.columns = columns;
  return paint;
}

/** The same style within a block that is indented by `by` columns. */
function narrower(style: Style, by: number): Style {
  const inner: Style = (format, text) => style(format, text);
  inner.columns = style.columns - by;
  return inner;
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
      return wrapText(style(['bold', 'underline'], inline(token.tokens, style)), style.columns);
    case 'code':
      return code((token as Tokens.Code).text, style);
    case 'blockquote':
      return indent(blocks(token.tokens ?? [], narrower(style, 2)), style('dim', '│ '));
    case 'list':
      return list(token as Tokens.List, style);
    case 'table':
      return table(token as Tokens.Table, style);
    case 'hr':
      return style('dim', '─'.repeat(20));
    default:
      return paragraph('tokens' in token ? inline(token.tokens, style) : decode(token.raw.trimEnd()), style);
  }
}

/** Small print stays dim over all lines that it takes. */
function paragraph(text: string, style: Style): string {
  const lines = text.split('\n').flatMap((line) => {
    const small = /^-# (.*)$/.exec(line)?.[1];
    if (small === undefined) return [wrapText(line, style.columns)];
    return wrapText(small, style.columns)
      .split('\n')
      .map((each) => style('dim', each));
  });
  return lines.join('\n');
}

/** Renders a code block; an empty one shows nothing. */
function code(text: string, style: Style): string {
  return text.trim() === '' ? '' : indent(style('cyan', text), '    ');
}

function list(token: Tokens.List, style: Style): string {
  const start = typeof token.start === 'number' ? token.start : 1;
  return token.items
    .map((item, index) => {
      const marker = token.ordered ? `${start + index}. ` : '• ';
      const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : '';
      const parts = item.tokens
        .filter((part) => part.type !== 'checkbox')
        .map((part) => block(part, narrower(style, marker.length)));
      const body = box + parts.filter(Boolean).join('\n');
      return marker + body.replaceAll('\n', `\n${' '.repeat(marker.length)}`);
    })
    .join('\n');
}

function table(token: Tokens.Table, style: Style): string {
  const cells = (row: Tokens.TableCell[]) => row.map((cell) => inline(cell.tokens, style).replace(lineBreak, '; '));
  const grid: Grid = {
    header: cells(token.header),
    rows: token.rows.map(cells),
    align: token.align.map((align) => align ?? undefined),
  };
  if (gridWidth(columnWidths(grid)) > style.columns && grid.rows.length > 0) return cards(grid, style);
  const { head, rule, rows } = alignGrid(grid);
  return [...(head === '' ? [] : [style('bold', head), style('dim', rule)]), ...rows].join('\n');
}

function cards(grid: Grid, style: Style): string {
  return cardsOf(grid)
    .map(({ title, fields }) => {
      const lines = fields.map(({ key, value }) => (key === '' ? value : `${style('dim', `${key}:`)} ${value}`));
      return [...(title === '' ? [] : [style('bold', title)]), ...lines].join('\n');
    })
    .join('\n\n');
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

/** Always shows the address, because a link's words do not say where it leads. */
function link(token: Tokens.Link, style: Style): string {
  const label = inline(token.tokens, style) || token.text;
  if (token.href === `mailto:${token.text}`) return label;
  return label === token.href ? style('underline', label) : `${label} ${style('dim', `(${token.href})`)}`;
}

const lineBreak = /\n|<br ?\/?>/gi;

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function decode(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

function indent(text: string, prefix: string): string {
  return text.replace(/^/gm, prefix);
}
