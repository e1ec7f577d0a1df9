import type { Cell } from '#mcp/rows.ts';

const bool = 16;
const integers = new Set([20, 21, 23, 26]);
const floats = new Set([700, 701]);

/**
 * Types of bounded size (integers, floats, dates, uuid …). They need no cut, so the server need not turn them into
 * text.
 */
const bounded = new Set([bool, ...integers, ...floats, 1082, 1083, 1114, 1184, 1186, 1266, 2950]);

export function isBounded(typeId: number): boolean {
  return bounded.has(typeId);
}

/** Turns a value in PostgreSQL's text format into JSON's form. What JSON's numbers cannot hold exactly stays text. */
export function toCell(text: string | null, typeId: number): Cell {
  if (text === null) return null;
  if (typeId === bool) return text === 't';
  if (integers.has(typeId)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : text;
  }
  if (floats.has(typeId)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : text;
  }
  return text;
}
