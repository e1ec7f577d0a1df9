import { deedOfTool } from './deeds.ts';
import type { Message } from './request.ts';

/** Rows that a tool gave in any form: a Markdown table, JSON, or a line for each entry. */
export interface Grid {
  columns: string[];
  rows: string[][];
}

/** A finished tool call for this question. */
export interface Result {
  tool: string;
  arguments: Record<string, unknown>;
  text: string;
  grid: Grid | undefined;
  /** The assistant message that the call belongs to: all calls of one message were made together. */
  batch: number;
}

/** The finished calls after the question, in order. */
export function readResults(messages: readonly Message[]): Result[] {
  const results: Result[] = [];
  const calls = new Map<string, { name: string; args: string; batch: number }>();
  for (const [index, message] of messages.entries()) {
    for (const call of message.tool_calls ?? []) {
      calls.set(call.id, { name: call.function.name, args: call.function.arguments, batch: index });
    }
    const call = message.role === 'tool' ? calls.get(message.tool_call_id ?? '') : undefined;
    if (!call) continue;
    const text = withoutMarks(message.content);
    results.push({
      tool: call.name,
      arguments: parseObject(call.args),
      text,
      grid: readGrid(text, call.name),
      batch: call.batch,
    });
  }
  return results;
}

/** Removes the marks that show that a result is data. */
function withoutMarks(content: string): string {
  const marked = /^<([\w-]+)(?: [^>\n]*)?>\n([\s\S]*?)\n<\/\1>\s*([\s\S]*)$/.exec(content.trim());
  return marked ? [marked[2], marked[3]].filter(Boolean).join('\n') : content.trim();
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** What a tool has read is a text, even where it holds a table. */
function readGrid(text: string, tool: string): Grid | undefined {
  const deed = deedOfTool(tool);
  if (deed === 'read' || deed === 'write') return undefined;
  return jsonGrid(text) ?? markdownGrid(text) ?? (deed === 'list' || deed === 'search' ? lineGrid(text) : undefined);
}

function jsonGrid(text: string): Grid | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const list = findList(JSON.parse(text));
    if (!list) return undefined;
    const columns = [...new Set(list.flatMap((entry) => Object.keys(entry)))];
    return { columns, rows: list.map((entry) => columns.map((column) => cell(entry[column]))) };
  } catch {
    return undefined;
  }
}

/** The first list of objects within a value. Plain names become objects with a name. */
function findList(value: unknown): Record<string, unknown>[] | undefined {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((entry) => typeof entry === 'string')) return value.map((name) => ({ name }));
    const objects = value.filter((entry) => typeof entry === 'object' && entry !== null && !Array.isArray(entry));
    return objects.length > 0 ? (objects as Record<string, unknown>[]) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = findList(inner);
    if (found) return found;
  }
  return undefined;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function markdownGrid(text: string): Grid | undefined {
  const lines = text.split('\n');
  const rule = lines.findIndex((line, at) => at > 0 && /^\s*\|?(?:\s*:?-{3,}:?\s*\|)+/.test(line));
  if (rule < 1) return undefined;
  const rows: string[][] = [];
  for (let at = rule + 1; lines[at]?.trim().startsWith('|'); at += 1) rows.push(cells(lines[at]!));
  return { columns: cells(lines[rule - 1]!), rows };
}

function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((part) => {
    const value = part.trim().replaceAll(String.raw`\|`, '|');
    return value === 'NULL' ? '' : value;
  });
}

/** Reads lines such as `name  12 bytes`: each line is an entry, its parts are two spaces apart. */
function lineGrid(text: string): Grid | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\[.*\]$/.test(line));
  const isEntry = (line: string) => line.length < 160 && /^\S+(?: \(.*\))?(?: {2,}.*)?$/.test(line);
  if (lines.length === 0 || !lines.every(isEntry)) return undefined;
  const rows = lines.map((line) => line.split(/ {2,}/));
  const width = Math.max(...rows.map((row) => row.length));
  const columns = ['name', ...Array.from({ length: width - 1 }, () => '')];
  return { columns, rows: rows.map((row) => columns.map((_, at) => row[at] ?? '')) };
}

/** A cell's number, from "1234", "about 1,234" or "12 bytes". */
export function numberIn(value: string): number | undefined {
  const match = /^(?:about |~)?(-?\d[\d,]*(?:\.\d+)?)(?: \w+)?$/.exec(value.trim());
  return match ? Number(match[1]!.replaceAll(',', '')) : undefined;
}
