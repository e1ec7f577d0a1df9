import { openApiDocument } from '#services/api/openapi/document.ts';
import { pick } from '#test/sequences/random.ts';
import type { HeaderValue } from '../raw-http.ts';
import { broken, fitting, type Schema } from './from-schema.ts';
import { below, chance, oddText, oddValue, type Random } from './values.ts';

/** One hostile request. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, HeaderValue>;
  body: Buffer | undefined;
  /** What the client does with its connection: `half-closed` says that it sends no more, and reads on. */
  client: 'waits' | 'half-closed' | 'stops-within' | 'leaves';
  /** Whether the body is a JSON object behind a head that nothing is wrong with, so that a 400 must name a member. */
  readable: boolean;
}

/** What exists on the server, for requests that name it. */
export interface Known {
  key: string;
  models: readonly string[];
  /** Ids of runs. */
  runs: string[];
}

const document = openApiDocument();
const asking = ['/v1/chat/completions', '/v1/responses', '/chat', '/api/chat'] as const;
const others = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method, path] as const),
);

/** The request that follows from these random numbers. */
export function fuzzRequest(random: Random, known: Known): FuzzRequest {
  return chance(0.75, random) ? askRequest(random, known) : otherRequest(random, known);
}

function askRequest(random: Random, known: Known): FuzzRequest {
  const path = pick(asking, random) ?? '/chat';
  const { bytes, readable } = bodyFor(path, random, known);
  const headers = headersFor(random, known);
  const client = pick(['waits', 'waits', 'waits', 'waits', 'half-closed', 'stops-within', 'leaves'] as const, random)!;
  return {
    method: 'POST',
    path,
    headers: headers.all,
    body: bytes,
    client,
    readable: readable && headers.plain && client === 'waits',
  };
}

function otherRequest(random: Random, known: Known): FuzzRequest {
  const [method, path] = pick(others, random)!;
  const named = path.replaceAll(/\{\w+\}/g, () => encoded(idFor(random, known), random));
  const hasBody = schemaAt(path) !== undefined && method === 'post';
  const { bytes } = hasBody ? bodyFor(path, random, known) : { bytes: undefined };
  return {
    method: chance(0.9, random) ? method.toUpperCase() : (pick(['PUT', 'OPTIONS', 'HEAD', 'TRACE'], random) ?? 'PUT'),
    path: named + (chance(0.5, random) ? queryFor(random) : ''),
    headers: headersFor(random, known).all,
    body: bytes,
    client: pick(['waits', 'waits', 'half-closed', 'leaves'] as const, random)!,
    readable: false,
  };
}

function schemaAt(path: string): Schema | undefined {
  const operation: { requestBody?: { content: Record<string, { schema: Schema }> } } | undefined =
    document.paths[path]?.['post'];
  return operation?.requestBody?.content['application/json']?.schema;
}

function bodyFor(path: string, random: Random, known: Known): { bytes: Buffer; readable: boolean } {
  const fit = fitting(schemaAt(path), random) as Record<string, unknown>;
  if ('model' in fit || chance(0.5, random)) fit['model'] = pick(known.models, random);
  if (path === '/v1/responses' && chance(0.6, random)) fit['input'] = pick(['hello', [message(random)]], random);
  if (path === '/v1/chat/completions' && chance(0.6, random)) fit['messages'] = [message(random)];
  // Whether the run that is asked for exists decides which code is reached.
  if (chance(0.05, random)) fit['previous_response_id'] = `resp_${pick(known.runs, random) ?? 'none'}`;
  let value: unknown = fit;
  for (let times = below(4, random); times > 0; times -= 1) value = broken(value, random);
  const text = JSON.stringify(value);
  if (chance(0.85, random)) return { bytes: Buffer.from(text), readable: isObject(value) && !isDeep(value, 0) };
  return { bytes: spoilt(text, random), readable: false };
}

function message(random: Random): object {
  return { role: 'user', content: chance(0.5, random) ? 'hello' : oddText(random) };
}

/** A text that was JSON. */
function spoilt(text: string, random: Random): Buffer {
  const at = below(text.length, random);
  const ways: (() => string | Buffer)[] = [
    () => text.slice(0, at),
    () => text.replace(/\d+/, '1e999'),
    () => text.replace(/"/, '"\\ud800'),
    () => `\ufeff${text}`,
    () => `${text}${text}`,
    () => text.replace('{', '{"model":1,"__proto__":{"admin":true},'),
    () => text.replaceAll('"', "'"),
    () => `[${text}]`,
    () => Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from([0xff, 0xc0, 0x00]), Buffer.from(text.slice(at))]),
    () => '['.repeat(50_000),
    () => '{"a":'.repeat(101) + '1' + '}'.repeat(101),
    () => '',
    () => JSON.stringify(oddValue(random)) ?? 'undefined',
  ];
  return Buffer.from(pick(ways, random)!());
}

function headersFor(random: Random, { key }: Known): { all: Record<string, HeaderValue>; plain: boolean } {
  const all: Record<string, HeaderValue> = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  if (chance(0.7, random)) return { all, plain: true };
  const latin = () => oddText(random).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
  const changes: (() => void)[] = [
    () =>
      (all['authorization'] = pick(['', 'Bearer', `Bearer ${latin()}`, `Basic ${key}`, `bearer  ${key} x`], random)!),
    () => (all['authorization'] = [`Bearer ${key}`, `Bearer ${latin()}`]),
    () => (all['content-type'] = pick(['', 'text/plain', 'application/json; charset=utf-16', latin()], random)!),
    () => (all['idempotency-key'] = chance(0.3, random) ? 'k'.repeat(300) : latin()),
    () => (all['accept'] = pick(['text/event-stream', '*/*;q=x', latin(), 'image/png'], random)!),
    () =>
      (all['last-event-id'] = pick(['0-0', '9'.repeat(30), '1-1-1', '-', latin(), '18446744073709551615-1'], random)!),
    () => (all['x-dragoman-server-tools'] = pick(['function_call', latin()], random)!),
    () => (all['x-dragoman-approvals'] = pick(['off', latin()], random)!),
    () => (all['accept-encoding'] = latin()),
    () => (all['content-encoding'] = pick(['gzip', 'br', 'zstd', latin()], random)!),
    () => (all['expect'] = pick(['100-continue', latin()], random)!),
    () => (all['origin'] = latin()),
    () => (all['x-forwarded-for'] = latin()),
  ];
  for (let times = 1 + below(3, random); times > 0; times -= 1) pick(changes, random)!();
  return { all, plain: false };
}

function idFor(random: Random, { runs }: Known): string {
  const run = pick(runs, random) ?? 'none';
  return (
    pick([run, `resp_${run}`, `resp_${run}.1`, `resp_${run}.9999`, `${run}:0-0`, oddText(random), 'a'], random) ?? ''
  );
}

function encoded(id: string, random: Random): string {
  if (chance(0.1, random)) return pick(['%', '%zz', '%00', '..%2f..', '%ff%fe', 'a'.repeat(3_000)], random) ?? '';
  return encodeURIComponent(id.toWellFormed()).slice(0, 4_000) || '-';
}

function queryFor(random: Random): string {
  const names = [
    'limit',
    'since',
    'before',
    'user',
    'stream',
    'starting_after',
    'order',
    'after',
    'month',
    'kind',
    'x',
  ];
  const one = () => `${pick(names, random)}=${encodeURIComponent(queryValue(random).toWellFormed()).slice(0, 2_000)}`;
  return `?${Array.from({ length: 1 + below(3, random) }, one).join('&')}`;
}

function queryValue(random: Random): string {
  return (
    pick(['1', '0', '-1', '1e9', '99999999999999999999', 'true', '2026-11', 'desc', oddText(random)], random) ?? ''
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper than any body may be nested. */
function isDeep(value: unknown, level: number): boolean {
  if (level > 100) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => isDeep(each, level + 1));
}
