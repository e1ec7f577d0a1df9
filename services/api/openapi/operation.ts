import { z } from 'zod';

/** What `/openapi.json` says about one route and method. */
export interface Operation {
  method: 'get' | 'post' | 'delete';
  /** As express has it: `/v1/runs/:id`. */
  path: string;
  summary: string;
  /** More about it, for people. */
  description?: string;
  /** Under which heading it stands. */
  tag: Tag;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Headers that change what it does. */
  headers?: Record<string, string>;
  /** The status of a good answer, 200 when absent. */
  status?: number;
  answer?: z.ZodType;
  /** What the answer is, where it is not JSON alone. */
  types?: readonly string[];
  /** Everybody may ask, without a key. */
  open?: boolean;
}

/** The headings, in their order. */
export const tags = {
  Chat: "OpenAI's protocols, each request a run with the server's tools",
  Sessions: 'Talks that the server keeps',
  Runs: 'What was asked, how it went, and acting on it',
  Reports: 'Tools, usage, audit log',
  Service: 'The server itself',
} as const;
export type Tag = keyof typeof tags;

export const sse = 'text/event-stream';
export const json = 'application/json';

/** A list of the API; see `page` in runs/query.ts. */
export function listOf(row: z.ZodType = z.record(z.string(), z.unknown())): z.ZodObject {
  return z.strictObject({
    object: z.literal('list'),
    data: z.array(row),
    has_more: z.boolean().optional(),
    next_before: z.string().nullish(),
    notes: z.array(z.string()).optional(),
  });
}

export const idempotency = {
  'Idempotency-Key': 'The same key leads to the same run for 24 hours; with another body it is refused with 409.',
};
