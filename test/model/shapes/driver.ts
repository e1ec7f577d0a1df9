import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { RawAnswer, Turn } from '../turn.ts';

// What providers send, in files of this folder, one for each provider. Every word of a shape is known here; a shape with
// another word does not load, and is named.

const usage = z.strictObject({
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  /** Null: nobody told it. */
  cachedTokens: z.number().nullish(),
  reasoningTokens: z.number().nullish(),
  costUsd: z.number().optional(),
  estimated: z.boolean().optional(),
});

const expectation = z.strictObject({
  text: z.string().optional(),
  calls: z.array(z.strictObject({ name: z.string(), arguments: z.unknown() })).optional(),
  /** True when text was shown that then turned out to be a thought. */
  takenBack: z.literal(true).optional(),
  ending: z.enum(['cut', 'filtered', 'lost-calls']).optional(),
  thought: z.string().optional(),
  /** Where the thought goes when it is sent back, or the blocks that do. */
  thoughtField: z.string().optional(),
  blocks: z.record(z.string(), z.array(z.unknown())).optional(),
  /** What goes back with the first call. */
  extra: z.record(z.string(), z.unknown()).optional(),
  usage: usage.optional(),
  /** The reason of the error that comes in the place of an answer. */
  error: z.string().optional(),
  retryAfterMs: z.number().optional(),
  /** How often the endpoint is asked. */
  requests: z.number().optional(),
  /** Fields that the last request has, or lacks; the role of its first message. */
  sent: z.record(z.string(), z.unknown()).optional(),
  lacks: z.array(z.string()).optional(),
  firstRole: z.string().optional(),
});

const shape = z.strictObject({
  name: z.string(),
  /** Where this shape is told of, if not at the file's source. */
  source: z.string().optional(),
  /**
   * Events: an object is the data of one, a string as it stands; `RAW: ` begins bytes that are no data (`\n` for a line
   * break). A first `NDJSON` makes lines of JSON of the rest.
   */
  stream: z.array(z.unknown()).optional(),
  /** An answer that is no stream. */
  body: z.unknown().optional(),
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Destroys the connection after the stream. */
  cut: z.literal(true).optional(),
  /** Refuses requests that have a field, or a message of the role `system`. */
  refuse: z.strictObject({ when: z.string(), status: z.number(), body: z.unknown() }).optional(),
  maxOutputTokens: z.number().optional(),
  /** Tools that are offered, if not the usual ones. */
  tools: z.array(z.string()).optional(),
  /** Messages before the question, for what has to be sent back. */
  before: z.array(z.record(z.string(), z.unknown())).optional(),
  expect: expectation,
});
export type Shape = z.output<typeof shape>;

const shapeFile = z.strictObject({ provider: z.string(), source: z.string(), shapes: z.array(shape).min(1) });

/** All shapes of this folder, by provider. Throws for a word that is not known, with the shape's file and place. */
export function readShapes(): { file: string; provider: string; shapes: Shape[] }[] {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.toSorted().map((file) => parseShapes(file, readFileSync(path.join(folder, file), 'utf8')));
}

export function parseShapes(file: string, text: string): { file: string; provider: string; shapes: Shape[] } {
  const parsed = shapeFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return { file, provider: parsed.data.provider, shapes: parsed.data.shapes };
}

/** The tools that are offered to the model unless a shape names others. */
export const usualTools = ['current_time', 'postgres_query'];

/** The events of a shape's stream as they go over the wire. */
export function eventsOf({ stream = [] }: Shape): string[] {
  if (stream[0] === 'NDJSON') return stream.slice(1).map((each) => `${JSON.stringify(each)}\n`);
  return stream.map((each) => {
    if (typeof each !== 'string') return `data: ${JSON.stringify(each)}\n\n`;
    return each.startsWith('RAW: ') ? each.slice(5).replaceAll('\\n', '\n') : `data: ${each}\n\n`;
  });
}

/** How an answer is sent: each event as it is, in pieces of some bytes, or each letter of its text as an event. */
export type Sending = 'events' | 'letters' | number;

function rawAnswer(given: Shape, sending: Sending): RawAnswer {
  const { body, status, headers, cut } = given;
  const isStream = body === undefined;
  const whole = isStream ? eventsOf(given) : [typeof body === 'string' ? body : JSON.stringify(body)];
  const events = sending === 'letters' ? whole.flatMap(lettersOf) : whole;
  const size = typeof sending === 'number' ? sending : undefined;
  const bytes = Buffer.from(events.join(''));
  const parts = Array.from({ length: Math.ceil(bytes.length / (size ?? 1)) }, (_, at) =>
    bytes.subarray(at * (size ?? 1), (at + 1) * (size ?? 1)),
  );
  return {
    pieces: size === undefined ? events : parts,
    headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json', ...headers },
    ...(status !== undefined && { status }),
    ...(cut && { cut }),
  };
}

/** An event with text, and nothing else, as one event for each letter. */
function lettersOf(event: string): string[] {
  const found =
    /^data: (\{"choices":\[\{"index":0,"delta":\{"content":)("(?:[^"\\]|\\.)*")(\},"finish_reason":null\}\]\})\n\n$/s.exec(
      event,
    );
  if (!found) return [event];
  const [, before, text = '""', after] = found;
  return Array.from(JSON.parse(text) as string, (letter) => `data: ${before}${JSON.stringify(letter)}${after}\n\n`);
}

/** Plays a shape: refuses what it refuses, and answers everything else. */
export function turnOf(
  given: Shape,
  body: { messages: { role: string }[]; [field: string]: unknown },
  sending: Sending,
): Turn {
  const { refuse } = given;
  const refused =
    refuse && (refuse.when === 'system' ? body.messages.some(({ role }) => role === 'system') : has(body, refuse.when));
  if (refused) return { error: { status: refuse.status, body: refuse.body } };
  return { raw: rawAnswer(given, sending) };
}

function has(body: Record<string, unknown>, field: string): boolean {
  return field in body || JSON.stringify(body['messages']).includes(`"${field}":`);
}
