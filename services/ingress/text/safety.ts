import { breakFences } from './code.ts';
import { cleanCharacters } from './characters.ts';
import { speak } from '../language/say.ts';
import { REDACTED, SHORTEST_SECRET } from './links.ts';
import { readLines, type Fence, type Table } from './lines.ts';
import { growingTable } from './tables/growing.ts';
import { append, isHalf, readToken, type TextRules } from './tokens.ts';

export interface SafetyRules extends TextRules {
  /** False while the text is still growing: what later text could change is held back. Default true. */
  done?: boolean;
  /** Writes a table, given as its lines, in another form; undefined leaves it. When absent, all tables are left. */
  showTable?: (table: string) => string | undefined;
  /** What is shown of a block of code; undefined for all of it. `whole`: the block has its end. */
  showCode?: (code: string, language: string, whole: boolean) => { shown: string; note: string } | undefined;
}

/** Half a surrogate pair or colour sequence; it would count as characters until the rest comes. */
const HALF_CHARACTER = new RegExp(String.raw`(?:[\ud800-\udbff]|\u001b(?:\[[0-9;]{0,16})?)$`);

/**
 * Makes a model's Markdown safe to show in Discord: nothing pings, no preview is fetched, links show their host,
 * commands and invites do nothing, invisible and direction-changing characters are gone, and code blocks are written as
 * Discord reads them. Code keeps its text. With `done: false` the result only ever grows as the text grows.
 */
export function makeSafe(markdown: string, rules: SafetyRules = {}): string {
  const { done = true, say = speak('en') } = rules;
  const text = cleanCharacters(redact(markdown, rules, done));
  return writeSafe(text, done, rules).replaceAll(REDACTED, say('text.secret'));
}

function writeSafe(whole: string, done: boolean, rules: SafetyRules): string {
  const { showTable } = rules;
  const text = done || !showTable ? whole : whole.slice(0, growingTable(whole, readLines(whole)).start);
  const blocks = new Set<Fence | Table>();
  for (const { fence, table } of readLines(text)) {
    if (fence && (done || begins(fence, text))) blocks.add(fence);
    if (table && showTable) blocks.add(table);
  }
  let out = '';
  let at = 0;
  let open = false;
  for (const block of blocks) {
    const shown = 'marker' in block ? showFence(block) : showTable?.(text.slice(block.start, block.end));
    if (shown === undefined) continue;
    out += safeText(text, at, block.start, true, rules) + shown;
    at = block.end;
  }
  return open ? out : out + safeText(text, at, text.length, done, rules);

  function showFence(fence: Fence): string {
    open = !done && !settles(text, fence);
    return open ? growingFence(text, fence, rules) : safeFence(text, fence, rules);
  }
}

/** False while the opening line of a fence is incomplete, because it may still turn out to be text. */
function begins(fence: Fence, text: string): boolean {
  return text.includes('\n', fence.start);
}

/** Removes secrets, and holds back the beginning of one while the text grows. */
function redact(markdown: string, { secrets = [] }: SafetyRules, done: boolean): string {
  let text = markdown.replaceAll(REDACTED, '');
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, REDACTED);
  if (done) return text;
  let held = 0;
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, text.length); length > held; length -= 1) {
      if (text.endsWith(secret.slice(0, length))) held = length;
    }
  }
  return text.slice(0, text.length - held).replace(HALF_CHARACTER, '');
}

/**
 * Whether a fence has its final end. More text may turn the closing line into code, or the line after a quote into
 * another quoted one.
 */
function settles(text: string, { closed, bodyEnd, end }: Fence): boolean {
  if (!closed) return false;
  const rest = text.slice(end);
  return bodyEnd === end ? !/^\n?[ \t]*>{0,3}$/.test(rest) : rest !== '';
}

function safeFence(text: string, fence: Fence, { showCode }: SafetyRules): string {
  const whole = text.slice(fence.bodyStart, fence.bodyEnd);
  // Within a quote or a list each line has marks of its own.
  const part = fence.prefix === '' ? showCode?.(whole, fence.language, true) : undefined;
  const body = part?.shown ?? whole;
  // Discord does not accept an empty block, and would pair its end with the next block's beginning.
  const content = /^\n*$/.test(body) ? ' ' : breakFences(body);
  const blank = fence.prefix.replace(/(?:[-*+]|\d{1,9}[.)]) +$/, (mark) => ' '.repeat(mark.length));
  const indent = blank.replace(/ {8,}/g, ' '.repeat(8));
  const note = part ? `\n${part.note}` : '';
  return `${fence.prefix}\`\`\`${fence.language}\n${content}\n${indent}\`\`\`${note}`;
}

/** The beginning of an unfinished code block that can no longer change. */
function growingFence(text: string, fence: Fence, { showCode }: SafetyRules): string {
  const body = text.slice(fence.bodyStart);
  const lastLine = body.lastIndexOf('\n') + 1;
  const mayClose = /^(?: {0,3}> ?)*[ \t]*[`~]*$/.test(body.slice(lastLine));
  const settled = mayClose
    ? body.slice(0, Math.max(0, lastLine - 1))
    : body.replace(/[^\n]{0,3}$/, '').replace(/`+$/, '');
  if (/^\n*$/.test(settled)) return '';
  const part = fence.prefix === '' ? showCode?.(settled, fence.language, false) : undefined;
  return `${fence.prefix}\`\`\`${fence.language}\n${breakFences(part?.shown ?? settled)}`;
}

/** Marks of headings that Discord does not draw. */
const DEEP_HEADING = /^((?: {0,3}> ?)* {0,3})#{4,6}(?=[ \t])/gm;

function safeText(text: string, from: number, to: number, done: boolean, rules: SafetyRules): string {
  const block = text.slice(from, to).replace(DEEP_HEADING, '$1###');
  const stop = done ? block.length : settledUntil(block);
  let out = '';
  for (let at = 0; at < stop;) {
    const token = readToken(block, at, block.length, rules);
    const end = at + token.length;
    if (!done && (end > stop || isHalf(block, at))) return token.plain ? out + block.slice(at, stop) : out;
    out = append(out, token);
    at = end;
  }
  return out;
}

/** Where more text could still change the text: an unfinished word, link, code, or line that may become a fence. */
function settledUntil(block: string): number {
  const lastLine = block.lastIndexOf('\n') + 1;
  if (/^(?: {0,3}> ?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]*)?(?:[`~].*)?$/.test(block.slice(lastLine))) return lastLine;
  return /\S{0,40}$/.exec(block)!.index;
}
