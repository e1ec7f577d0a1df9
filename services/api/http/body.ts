import express, { type RequestHandler } from 'express';
import type { z } from 'zod';
import { shapeOf } from '#shared/ground/json-shape.ts';
import { ApiError } from './errors.ts';
import { issueWords } from './issue-words.ts';

/** Deepest nesting of a body. No request of any client comes near it. */
const maxDepth = 100;
/**
 * Most values of a body. To look at millions of small ones takes a schema many seconds and all memory; OpenAI takes
 * 300,000 tokens to embed at once, and nothing else comes near it.
 */
const maxValues = 400_000;

/** Reads a JSON object as the body, of at most `limit` bytes after decoding. */
export function jsonBody(limit: number): RequestHandler[] {
  return [
    // A page of another origin can send other types without asking first.
    (request, _response, next) => {
      if (request.is('application/json') || request.is('+json')) return next();
      throw new ApiError(415, 'Send the body as Content-Type: application/json.');
    },
    express.raw({ type: () => true, limit }),
    (request, _response, next) => {
      request.body = parseObject(request.body, charsetOf(request.headers['content-type']));
      next();
    },
  ];
}

function charsetOf(contentType = ''): string {
  return /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
}

function parseObject(body: unknown, charset: string): Record<string, unknown> {
  if (charset !== 'utf-8' && charset !== 'utf8') throw new ApiError(415, 'The charset is not known: send UTF-8.');
  const value = parse(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

function parse(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ApiError(400, 'The body is not UTF-8.');
  }
  checkShape(text);
  try {
    // To look at each value costs several times what reading them does, and almost no body has such a number.
    return JSON.parse(text, mayOverflow.test(text) ? finite : undefined);
  } catch {
    throw new ApiError(400, 'The body is not JSON that can be read.');
  }
}

/** What every number beyond the greatest has: an exponent of three digits, or two hundred digits. */
const mayOverflow = /\d[eE]\+?\d{3}|(?<!\d)\d{200}/;

function finite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('infinite');
  return value;
}

function checkShape(text: string): void {
  const { depth, values } = shapeOf(text);
  if (depth > maxDepth) throw new ApiError(400, `The body is nested deeper than ${maxDepth} levels.`);
  if (values > maxValues) throw new ApiError(400, `The body holds more than ${maxValues} values.`);
}

/**
 * Checks a body. Clients send `null` for what they leave at its default, so that members which are null at the top
 * count as absent. Throws ApiError that names the first wrong member as OpenAI does: `messages[0].content`.
 */
export function checkBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const given = Object.fromEntries(Object.entries(body as object).filter(([, value]) => value !== null));
  const parsed = schema.safeParse(given, { error: issueWords });
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]);
  const param = issue === undefined ? '' : paramOf(issue.path);
  throw new ApiError(400, issue === undefined ? 'The body is wrong.' : problem(param, issue.message), {
    param: param || undefined,
  });
}

/** Whether the value was of the kind that an alternative takes, and only too long, too many or the like. */
function isOfKind({ code }: Issue): boolean {
  return code === 'too_big' || code === 'too_small' || code === 'custom';
}

interface Issue {
  code?: string;
  path: PropertyKey[];
  message: string;
}

/** Of a union's alternatives, the one that fits best says what is wrong. */
function deepest(issue: z.core.$ZodIssue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flatMap(([first]) => deepest(first) ?? [])
    .toSorted((a, b) => b.path.length - a.path.length || Number(isOfKind(b)) - Number(isOfKind(a)))[0];
  if (!inner || (inner.path.length === 0 && !isOfKind(inner))) return issue;
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function paramOf(path: PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function problem(param: string, message: string): string {
  return param === '' ? message : `${param}: ${message}`;
}
