import { z } from 'zod';
import { ApiError } from '../http/errors.ts';
import { readQuery, wholeNumber } from '../runs/query.ts';
import type { FoundResponse } from './find.ts';

/** The query of `GET /v1/responses/:id/input_items`. */
export const itemsQuery = z.object({
  limit: wholeNumber(1, 100).default(20),
  order: z.enum(['asc', 'desc'], 'must be asc or desc').default('desc'),
  after: z.string().optional(),
});

/** The input of a request, as items, the newest first unless asked otherwise. */
export function inputItems({ view, shown }: FoundResponse, asked: unknown) {
  const { limit, order, after } = readQuery(itemsQuery, asked);
  const all = shown.input.map((item, index) => withId(item, `in_${view.runId}_${view.segment}_${index}`));
  const ordered = order === 'asc' ? all : all.toReversed();
  const from = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  // The first page again would be read for ever.
  if (after !== undefined && from === 0) {
    throw new ApiError(400, `after: the input has no item ${after.slice(0, 120)}.`, { param: 'after' });
  }
  const data = ordered.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < ordered.length,
  };
}

function withId(item: Record<string, unknown>, fallback: string): { id: string; [member: string]: unknown } {
  const { id, type = 'message', ...rest } = item;
  const named = { id: typeof id === 'string' && id !== '' ? id : fallback, type };
  if (type !== 'message') return { ...named, ...rest };
  const { role, content } = rest;
  return { ...named, status: 'completed', role, content: partsOf(role, content) };
}

function partsOf(role: unknown, content: unknown): unknown {
  if (typeof content !== 'string') return content;
  if (role === 'assistant') return [{ type: 'output_text', text: content, annotations: [] }];
  return [{ type: 'input_text', text: content }];
}
