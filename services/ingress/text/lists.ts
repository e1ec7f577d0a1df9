import type { Line } from './lines.ts';

const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)]) /;

/** How many lines back the parents of a nested item are searched for. */
const REACH = 400;

/**
 * What a part must begin with when its first line is a nested list item: the items that it belongs to, as `- …`, and
 * its own indentation, which Discord would trim at a message's beginning. Empty for every other line.
 */
export function listOpening(text: string, lines: readonly Line[], at: number): string {
  const line = lines[at]!;
  const item = ITEM.exec(text.slice(line.start, line.end));
  const indent = item?.[1] ?? '';
  if (indent === '') return '';
  const above = ancestors(text, lines, at, indent.length);
  return above.length === 0 ? '' : `${above.join('\n')}\n${indent}`;
}

/** The parent items, each less indented than the next, the outermost first; none behind unindented text. */
function ancestors(text: string, lines: readonly Line[], at: number, indent: number): string[] {
  const found: string[] = [];
  let least = indent;
  for (let back = at - 1; back >= 0 && back > at - REACH && least > 0; back -= 1) {
    const line = lines[back]!;
    if (line.blank || line.fence) continue;
    const content = text.slice(line.start, line.end);
    const [, space = '', mark = ''] = ITEM.exec(content) ?? [];
    if (mark === '' && !/^[ \t]/.test(content)) return [];
    if (mark === '' || space.length >= least) continue;
    found.unshift(`${space}${mark} …`);
    least = space.length;
  }
  return found;
}
