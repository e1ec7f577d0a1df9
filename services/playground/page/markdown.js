import { h } from './dom.js';
import { highlighted } from './highlight.js';
import { inline } from './markdown-inline.js';

const FENCE = /^```(?:([\w+.#-]{1,30})\n)?\n*([\s\S]*?)\n*```/;
const BULLET = /^( *)([-*]|\d+\.) +(\S[^\n]*)/;
/** Discord nests no deeper. */
const MAX_DEPTH = 11;
const MAX_START = 1_000_000_000;
/** Only emoji, up to thirty: Discord draws them large. */
const JUMBO = /^(?:\p{RGI_Emoji}[\s\u200B]*){1,30}$/v;

/**
 * Renders Discord's flavour of Markdown as nodes: first blocks, then what is inside a line. The samples that it is
 * held to are in samples.js, with what Discord documents for each.
 */
export function markdown(text, { quoted = false } = {}) {
  if (JUMBO.test(text)) return [h('span', { class: 'jumbo' }, text)];
  const nodes = [];
  let rest = text;
  let atLineStart = true;
  while (rest !== '') {
    const block = (atLineStart && blockAt(rest, quoted)) || fenceAt(rest);
    if (block) {
      nodes.push(block.node);
      rest = rest.slice(block.length).replace(/^\n/, '');
      atLineStart = true;
      continue;
    }
    const paragraph = plainText(rest, quoted);
    nodes.push(...inline(paragraph));
    rest = rest.slice(paragraph.length);
    atLineStart = paragraph.endsWith('\n');
  }
  return nodes;
}

/** Emphasis may span lines: the text ends where a block begins, at a line's start or with a fence. */
function plainText(rest, quoted) {
  let length = lineLength(rest);
  while (length < rest.length && !blockAt(rest.slice(length), quoted) && !fenceAt(rest.slice(length))) {
    length += lineLength(rest.slice(length));
  }
  const text = rest.slice(0, length);
  for (let at = text.indexOf('```', 1); at !== -1; at = text.indexOf('```', at + 1)) {
    if (FENCE.test(rest.slice(at))) return rest.slice(0, at);
  }
  return text;
}

function lineLength(rest) {
  const end = rest.indexOf('\n');
  return end === -1 ? rest.length : end + 1;
}

function fenceAt(rest) {
  const match = FENCE.exec(rest);
  if (!match) return undefined;
  const code = h('code', { 'data-language': match[1] }, highlighted(match[2], match[1]));
  return { node: h('pre', { tabindex: '0' }, code), length: match[0].length };
}

/** Quotes do not nest. */
function blockAt(rest, quoted) {
  return headingAt(rest) ?? (quoted ? undefined : quoteAt(rest)) ?? listAt(rest);
}

function headingAt(rest) {
  const match = /^(#{1,3}|-#) +(\S[^\n]*)(?:\n|$)/.exec(rest);
  if (!match) return undefined;
  const small = match[1] === '-#';
  const node = small
    ? h('small', { class: 'subtext' }, inline(match[2]))
    : h('div', { role: 'heading', 'aria-level': match[1].length + 2, class: `h${match[1].length}` }, inline(match[2]));
  return { node, length: match[0].length };
}

function quoteAt(rest) {
  const long = /^>>> ([\s\S]*)$/.exec(rest);
  if (long) return { node: h('blockquote', {}, markdown(long[1], { quoted: true })), length: rest.length };
  const lines = /^(?:> [^\n]*(?:\n|$))+/.exec(rest);
  if (!lines) return undefined;
  const inner = lines[0].replaceAll(/^> /gm, '').replace(/\n$/, '');
  return { node: h('blockquote', {}, markdown(inner, { quoted: true })), length: lines[0].length };
}

/** A list goes on as long as lines are bullets, or are indented below one. */
function listAt(rest) {
  if (!BULLET.test(rest)) return undefined;
  const lines = [];
  let length = 0;
  while (length < rest.length) {
    const line = rest.slice(length, length + lineLength(rest.slice(length)));
    if (!BULLET.test(line) && (lines.length === 0 || !/^ +\S/.test(line))) break;
    lines.push(line.replace(/\n$/, ''));
    length += line.length;
  }
  return { node: listOf(lines, 1), length };
}

/** The lines of one level and below. Whether it is numbered, and from which number on, its first line decides. */
function listOf(lines, depth) {
  const [, indent, mark] = BULLET.exec(lines[0]);
  const start = Math.min(MAX_START, Math.max(1, Number.parseInt(mark, 10) || 1));
  const list = /\d/.test(mark) ? h('ol', { start }) : h('ul');
  const items = [];
  for (const line of lines) {
    const bullet = BULLET.exec(line);
    if (bullet && (bullet[1].length <= indent.length || depth >= MAX_DEPTH)) items.push({ text: bullet[3], below: [] });
    else items.at(-1).below.push(line);
  }
  list.append(...items.map(({ text, below }) => h('li', {}, inline(text), belowItem(below, depth))));
  return list;
}

function belowItem(lines, depth) {
  const nodes = [];
  const nested = lines.findIndex((line) => BULLET.test(line));
  const texts = nested === -1 ? lines : lines.slice(0, nested);
  for (const line of texts) nodes.push(h('br', {}), inline(line.trimStart()));
  if (nested !== -1) nodes.push(listOf(lines.slice(nested), depth + 1));
  return nodes;
}

/** A message in one line, as Discord shows it above a reply: without the marks of blocks, and with nothing to press. */
export function oneLine(text) {
  const flat = text
    .replaceAll(/```(?:[\w+.#-]{1,30}\n)?\s*([\s\S]*?)\s*```/g, (_, code) => `\`${code.replaceAll('`', "'")}\``)
    .replaceAll(/^(?:#{1,3}|-#|>>>|>) +/gm, '')
    .replaceAll(/^ *[-*] +/gm, '• ')
    .replaceAll(/\s*\n\s*/g, ' ');
  return inline(flat, { still: true });
}
