import { healMarkdown } from '#services/ingress/text/heal.ts';
import { makeSafe } from '#services/ingress/text/safety.ts';
import { joinParts, partContent, splitParts, type Part } from '#services/ingress/text/split.ts';
import { createStreamedText } from '#services/ingress/text/stream.ts';
import { displayWidth } from '#shared/tables/width.ts';
import type { WrittenTable } from './tables.ts';

/** Each returns what is wrong, or undefined. They follow Discord's rules, not the code that they check. */
export interface Properties {
  split(text: string, limit: number): string | undefined;
  safe(text: string): string | undefined;
  heal(text: string): string | undefined;
  stream(text: string, limit: number, steps: readonly number[]): string | undefined;
  tables(table: WrittenTable, files: boolean): string | undefined;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export const properties: Properties = { split, safe, heal, stream, tables };

function split(text: string, limit: number): string | undefined {
  const parts = splitParts(text, { limit });
  if (text.trim() === '') return parts.length === 0 ? undefined : 'a blank text has parts';
  if (joinParts(parts) !== text) return 'something is lost';
  for (const part of parts) {
    const problem = partProblem(part, limit, text);
    if (problem) return `${problem}: ${JSON.stringify(part)}`;
  }
  return clusterProblem(text, parts);
}

function partProblem(part: Part, limit: number, source: string): string | undefined {
  const content = partContent(part);
  if (content.length > limit) return `${content.length} over the limit ${limit}`;
  if (content.trim() === '' || part.text === '') return 'empty';
  if (source.isWellFormed() && !content.isWellFormed()) return 'broken surrogate pair';
  if (part.skipped.trim() !== '' || part.rest.trim() !== '') return 'more than whitespace left out';
  // By design, the splitter leaves out marks that would take a quarter of the message.
  const longMarks = /`{8,}|~{8,}|(?:```|~~~)[^\n]{200}/.test(source);
  return longMarks || fencesBalanced(content) ? undefined : 'open fence';
}

/** Applies CommonMark's rule for fences line by line. */
function fencesBalanced(content: string): boolean {
  let open: string | undefined;
  for (const line of content.replace(/^[ \t]*>>> /, '').split('\n')) {
    const bare = line.replace(/^(?: {0,3}> ?)*[^\S\n]*(?:(?:[-*+]|\d{1,9}[.)]) +)?/, '');
    const marker = /^(`{3,}|~{3,})/.exec(bare)?.[1];
    const quoted = /^ {0,3}>(?!>>(?: |$))/.test(line);
    if (open?.startsWith('>') && !quoted) open = undefined;
    if (open === undefined) {
      if (marker !== undefined && !isProse(bare.slice(marker.length), marker)) open = (quoted ? '>' : '') + marker;
    } else if (closes(line.replace(/^(?: {0,3}> ?)*/, '').trim(), open.replace('>', ''))) open = undefined;
  }
  return open === undefined;
}

/** An info string with a backtick makes inline code, and one as long as a sentence is no language. */
function isProse(info: string, marker: string): boolean {
  return info.length > 200 || (marker.startsWith('`') && info.includes('`'));
}

function closes(bare: string, marker: string): boolean {
  return bare.length >= marker.length && bare === marker[0]!.repeat(bare.length);
}

/** Checks that no character, as people see it, is cut, unless it is longer than any real one. */
function clusterProblem(text: string, parts: readonly Part[]): string | undefined {
  const cuts = new Set<number>();
  let at = 0;
  for (const part of parts.slice(0, -1)) {
    at += part.skipped.length + part.text.length + part.rest.length;
    cuts.add(at);
  }
  if (cuts.size === 0) return undefined;
  for (const { index, segment } of graphemes.segment(text)) {
    if (segment.length < 2 || segment.length > 40 || /^\r?\n/.test(segment)) continue;
    for (let inside = index + 1; inside < index + segment.length; inside += 1) {
      if (cuts.has(inside)) return `cut inside ${JSON.stringify(segment)}`;
    }
  }
  return undefined;
}

function safe(text: string): string | undefined {
  return harm(makeSafe(text));
}

/** Which part of a shown text could ping, preview, mislead or deceive. */
function harm(written: string): string | undefined {
  if (!written.isWellFormed()) return 'broken UTF-16';
  if (/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(written.replaceAll('\u001b', '')))
    return 'control characters';
  const shown = withoutCode(written);
  if (/@(?:everyone|here)/i.test(shown)) return `pings: ${JSON.stringify(shown)}`;
  if (/<@[!&]?\d+>|<#\d+>|<\/[^<>\n\u200b][^<>\n]*:\d+>/.test(shown)) return `mentions: ${JSON.stringify(shown)}`;
  if (/\]\((?!\s)/.test(shown)) return `a masked link: ${JSON.stringify(shown)}`;
  if (/https?:\/\/[^\s<|]/i.test(shown.replaceAll(/<https?:\/\/[^\s<>|]+>/g, '')))
    return `a preview: ${JSON.stringify(shown)}`;
  if (/discord\.gg\/|discord\.com\/invite/i.test(shown)) return `an invite: ${JSON.stringify(shown)}`;
  return undefined;
}

/**
 * Removes code as Discord's client reads it: three backticks anywhere, else runs that match. Escaped ones open nothing.
 */
function withoutCode(text: string): string {
  let out = '';
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const escaped = /^\\[^0-9A-Za-z\s]/.exec(rest);
    const code = escaped
      ? null
      : (/^```(?:[a-z0-9_+\-.#]+?\n)?\n*[^\n][^]*?\n*```/i.exec(rest) ?? /^(`+)([\s\S]*?[^`])\1(?!`)/.exec(rest));
    const found = escaped ?? code;
    out += code ? ' ' : rest.slice(0, found?.[0].length ?? 1);
    at += found?.[0].length ?? 1;
  }
  return out;
}

function heal(text: string): string | undefined {
  const healed = healMarkdown(text);
  if (!fencesBalanced(healed)) return `open fence: ${JSON.stringify(healed)}`;
  const again = healMarkdown(healed);
  return again === healed ? undefined : `not stable: ${JSON.stringify([healed, again])}`;
}

function stream(text: string, limit: number, steps: readonly number[]): string | undefined {
  const streamed = createStreamedText({ limit });
  let before: string[] = [];
  let at = 0;
  for (const step of [...steps, text.length]) {
    at = Math.min(text.length, at + step);
    const now = streamed.update(text.slice(0, at), false);
    const problem = growthProblem(before, now, limit);
    if (problem) return problem;
    before = now;
  }
  return growthProblem(before, streamed.update(text, true), limit);
}

function growthProblem(before: readonly string[], now: readonly string[], limit: number): string | undefined {
  for (const part of now) {
    if (part.length > limit) return `${part.length} over the limit ${limit}`;
    if (part.trim() === '') return 'an empty part';
  }
  if (now.length < before.length) return `fewer parts: ${JSON.stringify([before, now])}`;
  for (const [index, part] of before.entries()) {
    const closed = index < before.length - 1;
    if (closed ? now[index] !== part : !letters(now[index]!).startsWith(letters(part))) {
      return `part ${index} changed: ${JSON.stringify([part, now[index]])}`;
    }
  }
  return undefined;
}

/** A text without its markup, which may be open in one state and closed in the next. */
function letters(text: string): string {
  return text.replaceAll(/[\s*_~`|>#\\\u200b]/g, '');
}

/** How many columns of a code block a phone shows. */
const PHONE = 56;

function tables({ text, words }: WrittenTable, files: boolean): string | undefined {
  const streamed = createStreamedText({ limit: 2000, files });
  const parts = streamed.update(text, true);
  const shown = parts.join('\n');
  const written =
    shown +
    streamed
      .files()
      .map(({ csv }) => csv)
      .join('\n');
  if (!files && streamed.files().length > 0) return 'a file where none can be sent';
  const lost = words.find((word) => !new RegExp(String.raw`\b${word}(?!\d)`).test(written));
  if (lost !== undefined) return `lost: ${lost}`;
  for (const part of parts) {
    const problem = harm(part) ?? (fencesBalanced(part) ? undefined : `open fence: ${JSON.stringify(part)}`);
    if (problem) return problem;
  }
  const outside = shown.replaceAll(/```[^]*?```/g, '');
  if (/^[> ]*(?:\| )?h0 \|/m.test(outside)) return `raw pipes: ${JSON.stringify(outside)}`;
  const block = /```\n((?:> )*h0[^]*?)```/.exec(shown)?.[1] ?? '';
  const wide = block.split('\n').find((line) => displayWidth(line.replace(/^(?:> )+/, '')) > PHONE);
  return wide === undefined ? undefined : `wider than a phone: ${JSON.stringify(wide)}`;
}
