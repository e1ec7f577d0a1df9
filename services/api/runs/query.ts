import { z } from 'zod';
import type { ListPlace } from '#shared/run/list.ts';
import { ApiError } from '../http/errors.ts';
import { issueWords } from '../http/issue-words.ts';

/** A whole number in its plain form: no sign but a minus, no exponent, and no empty text, which would be 0. */
export function wholeNumber(min: number, max: number) {
  const words = `must be a whole number from ${min} to ${max}`;
  return z
    .string(words)
    .regex(/^-?\d{1,15}$/, words)
    .transform(Number)
    .pipe(z.number().min(min, words).max(max, words))
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined });
}

/** A time: an ISO date, or milliseconds since the epoch. */
const time = z.string().transform((text, context) => timeIn(text, context));

function timeIn(text: string, context: z.core.$RefinementCtx): number {
  // Date.parse alone takes much more, such as 1-1-1.
  const isDate = /^\d{4}-\d\d(?:-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?$/.test(text) && isDay(text.slice(0, 10));
  const at = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(isDate ? text : '');
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'must be a date such as 2026-11-27T10:00:00Z' });
  return at;
}

/** Date.parse takes the 31st of every month, as a day of the next one. */
function isDay(text: string): boolean {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** A place in a list of runs: what `next_before` said, or a time. */
const place = z.string().transform((text, context): ListPlace => {
  const [, when = text, id] = /^([^,]*),([A-Za-z0-9_-]{1,100})$/.exec(text) ?? [];
  return { at: timeIn(when, context), ...(id !== undefined && { id }) };
});

/** The members that lists share: `limit`, `since`, `before` (the next page), `user` (for operators). */
export const pageQuery = z.object({
  limit: wholeNumber(1, 500).default(50),
  since: time.optional(),
  before: place.optional(),
  user: z.string().max(300).optional(),
});

/** A place in the audit log: what `next_before` said, or a time. */
export const rowPlace = z.string().transform((text, context) => {
  return /^\d{1,15}-\d{1,15}$/.test(text) ? text : `${timeIn(text, context)}-0`;
});

/** Reads the query of an address. Throws ApiError 400 that names the member. */
export function readQuery<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query, { error: issueWords });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = String(issue?.path[0] ?? '');
  throw new ApiError(400, `${param}: ${issue?.message ?? 'wrong'}`, { param });
}

/** One more row than a page has: whether there is one tells whether there is a next page. */
export const oneMore = 1;

/**
 * A list of the API, of at most `limit` of these rows. `next_before`: the `before` of the next page, null on the last.
 */
export function page<Row>(
  rows: Row[],
  {
    limit,
    view,
    placeOf,
    notes = [],
  }: { limit: number; view: (row: Row) => object; placeOf: (row: Row) => string; notes?: string[] },
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    object: 'list',
    data: shown.map(view),
    has_more: more,
    next_before: more ? placeOf(last) : null,
    ...(notes.length > 0 && { notes }),
  };
}

/** The place of a run that was accepted, or failed, at this time. */
export function runPlace(at: number, id: string): string {
  return `${new Date(at).toISOString()},${id}`;
}
