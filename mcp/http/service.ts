import { Agent, request } from 'undici';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import type { Room, Share } from '#mcp/room.ts';
import type { Address } from './address.ts';
import { AnswerTooLarge, explainFailure, Refusal, Stranger, type ServiceNames } from './failures.ts';

export interface ServiceSettings extends ServiceNames {
  address: Address;
  headers?: Record<string, string>;
  timeoutMs: number;
  /** Most bytes of one answer. */
  maxBytes: number;
  /** What all answers that are being read hold together. */
  room: Room;
  /** The service's own words for a refusal, such as what is wrong with a query; undefined for words of no use. */
  refusal?: (status: number, text: string) => string | undefined;
}

export interface Question {
  /** Below the address, a name each; they are encoded, so that none leads to another path. */
  path: readonly string[];
  query?: Record<string, string | number | undefined>;
  /** POST by default with a body, else GET. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  /** The answer is handed over as it came, whatever its status and its kind are, as RawAnswer. */
  raw?: boolean;
  /** For this question instead of the settings' own. */
  timeoutMs?: number;
}

export interface RawAnswer {
  status: number;
  /** Its Content-Type. */
  type: string;
  text: string;
}

/** A service that answers HTTP with JSON. */
export interface Service extends AsyncDisposable {
  /**
   * Asks, and hands the answer to `use`, while it counts as held in memory. Throws ToolError with a sentence for the
   * model; rejects with Stranger's sentence where `use` throws Stranger.
   */
  ask<T>(question: Question, context: Pick<ToolContext, 'signal'>, use: (answer: unknown) => T): Promise<T>;
}

const CONNECT_MS = 5_000;
/** Words of a refusal need no more. */
const REFUSAL_BYTES = 65_536;

/** Connects with the first question. It follows no redirect: credentials go to the operator's address alone. */
export function createService(settings: ServiceSettings): Service {
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, maxHeaderSize: 32_768 });
  return {
    async ask(question, context, use) {
      const timeoutMs = question.timeoutMs ?? settings.timeoutMs;
      const deadline = AbortSignal.timeout(timeoutMs);
      using share = settings.room.share();
      try {
        const signal = AbortSignal.any([context.signal, deadline]);
        return use(await answerOf(settings, agent, question, share, signal));
      } catch (error) {
        throw explainFailure(error, settings, deadline.aborted ? timeoutMs : undefined);
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

async function answerOf(
  settings: ServiceSettings,
  agent: Agent,
  question: Question,
  share: Share,
  signal: AbortSignal,
): Promise<unknown> {
  const { body, headers, statusCode } = await request(urlOf(settings.address.base, question), {
    method: question.method ?? (question.body === undefined ? 'GET' : 'POST'),
    headers: headersOf(settings, question),
    dispatcher: agent,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(question.body !== undefined && { body: JSON.stringify(question.body) }),
  });
  const ok = question.raw === true || (statusCode >= 200 && statusCode < 300);
  const text = settings.address.scrub(
    await readText(body, ok ? settings.maxBytes : REFUSAL_BYTES, share, settings.service, ok),
  );
  if (question.raw)
    return { status: statusCode, type: String(headers['content-type'] ?? ''), text } satisfies RawAnswer;
  if (!ok) throw refusalOf(settings, statusCode, text);
  return parse(text, String(headers['content-type'] ?? ''));
}

function headersOf({ address, headers }: ServiceSettings, { body }: Question): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...(address.authorization !== undefined && { authorization: address.authorization }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
}

/** The address below `base`. Throws Error for a name that would lead out of it. */
export function urlOf(base: URL, { path, query = {} }: Question): URL {
  const bad = path.find((name) => name === '' || name === '.' || name === '..');
  if (bad !== undefined) throw new Error(`"${bad}" is no name in a path`);
  const url = new URL(path.map((name) => encodeURIComponent(name.toWellFormed())).join('/'), base);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.append(name, String(value).toWellFormed());
  return url;
}

async function readText(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  share: Share,
  service: string,
  whole: boolean,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes && whole) throw new AnswerTooLarge('the answer has no end');
    if (bytes > maxBytes) break;
    if (!share.take(chunk.length))
      throw new ToolError(`Too many long answers of ${service} are being read at once. Try again in a moment.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusalOf(settings: ServiceSettings, status: number, text: string): Error {
  const own = settings.refusal?.(status, text);
  return own === undefined ? new Refusal(status) : new ToolError(own);
}

function parse(text: string, type: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const isPage = /html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(text);
    const what = text.trim() === '' ? 'an empty answer' : isPage ? 'a web page' : 'an answer that is not whole JSON';
    throw new Stranger(what, { cause: error });
  }
}
