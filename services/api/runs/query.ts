import { z } from 'zod';
import { ApiError } from '../http/errors.ts';
import { issueWords } from '../http/issue-words.ts';

/** A time: an ISO date, or milliseconds since the epoch. */
const time = z.string().transform((text, context) => {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'must be a date such as 2026-11-27T10:00:00Z' });
  return at;
});

/** The members that lists share: `limit`, `since`, `before` (the next page), `user` (for operators). */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500, 'must be from 1 to 500').default(50),
  since: time.optional(),
  before: time.optional(),
  user: z.string().max(300).optional(),
});

/** Reads the query of an address. Throws ApiError 400 that names the member. */
export function readQuery<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query, { error: issueWords });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = String(issue?.path[0] ?? '');
  throw new ApiError(400, `${param}: ${issue?.message ?? 'wrong'}`, { param });
}

/** A list of the API. `next_before`: the `before` of the next page, null on the last. */
export function page<Row>(data: Row[], limit: number, last: number | undefined, notes: string[] = []) {
  const more = data.length === limit && last !== undefined;
  return {
    object: 'list',
    data,
    has_more: more,
    next_before: more ? new Date(last).toISOString() : null,
    ...(notes.length > 0 && { notes }),
  };
}
