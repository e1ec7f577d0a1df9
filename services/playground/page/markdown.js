import { h } from './dom.js';
import { inline } from './markdown-inline.js';

const FENCE = /^```(?:([\w+-]{1,20})\n)?\n*([\s\S]*?)\n*```/;

/** Renders Discord's flavour of Markdown as nodes: first blocks, then what is inside a line. */
export function markdown(text) {
  const nodes = [];
  let rest = text;
  let atLineStart = true;
  while (rest !== '') {
    const block = (atLineStart && blockAt(rest)) || fenceAt(rest);
    if (block) {
      nodes.push(block.node);
      rest = rest.slice(block.length).replace(/^\n/, '');
      atLineStart = true;
      continue;
    }
    const line = plainLine(rest);
    nodes.push(...inline(line));
    rest = rest.slice(line.length);
    atLineStart = line.endsWith('\n');
  }
  return nodes;
}

/** Ends at the end of the line, or at a fence that opens within the line and is closed somewhere. */
function plainLine(rest) {
  const end = rest.indexOf('\n');
  const line = end === -1 ? rest : rest.slice(0, end + 1);
  const fence = line.indexOf('```', 1);
  return fence > 0 && FENCE.test(rest.slice(fence)) ? rest.slice(0, fence) : line;
}

function fenceAt(rest) {
  const match = FENCE.exec(rest);
  if (!match) return undefined;
  const code = h('code', { 'data-language': match[1] }, match[2]);
  return { node: h('pre', { tabindex: '0' }, code), length: match[0].length };
}

function blockAt(rest) {
  return headingAt(rest) ?? quoteAt(rest) ?? listAt(rest);
}

function headingAt(rest) {
  const match = /^(#{1,3}|-#) +([^\n]+)(?:\n|$)/.exec(rest);
  if (!match) return undefined;
  const small = match[1] === '-#';
  const node = small
    ? h('small', { class: 'subtext' }, inline(match[2]))
    : h('div', { role: 'heading', 'aria-level': match[1].length + 2, class: `h${match[1].length}` }, inline(match[2]));
  return { node, length: match[0].length };
}

function quoteAt(rest) {
  const long = /^>>> ([\s\S]*)$/.exec(rest);
  if (long) return { node: h('blockquote', {}, markdown(long[1])), length: long[0].length };
  const lines = /^(?:> [^\n]*(?:\n|$))+/.exec(rest);
  if (!lines) return undefined;
  const inner = lines[0].replaceAll(/^> /gm, '').replace(/\n$/, '');
  return { node: h('blockquote', {}, markdown(inner)), length: lines[0].length };
}

function listAt(rest) {
  const match = /^(?: *(?:[-*]|\d{1,10}\.) +[^\n]+(?:\n|$))+/.exec(rest);
  if (!match) return undefined;
  const items = match[0]
    .trimEnd()
    .split('\n')
    .map((line) => /^( *)([-*]|\d+\.) +(.*)$/.exec(line));
  const numbered = /\d/.test(items[0][2]);
  const list = h(numbered ? 'ol' : 'ul', numbered ? { start: Number.parseInt(items[0][2], 10) } : {});
  for (const [, indent, , text] of items) {
    list.append(h('li', { class: indent.length >= 2 ? 'deep' : undefined }, inline(text)));
  }
  return { node: list, length: match[0].length };
}
