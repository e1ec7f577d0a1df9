import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlaygroundContext } from '../context.ts';
import type { Bot } from '../state/types.ts';
import { readBody, type RequestBody } from './body.ts';
import { DiscordError, refuse } from './errors.ts';
import type { Injection } from './faults.ts';
import type { LimitVerdict } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import { createRouter, type Answer, type RouteMatch } from './route.ts';
import { routes } from './routes.ts';

const findRoute = createRouter(routes);
const API = /^\/api(?:\/v(\d+))?(\/.*)$/;

/** Answers one request below /api: body, fault, token, rate limit, route, in this order. */
export async function handleRest(
  context: PlaygroundContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://playground');
  const path = API.exec(url.pathname)?.[2] ?? url.pathname;
  const method = request.method ?? 'GET';
  const logged = context.requests.add({
    method,
    path: decodeSafely(path),
    query: Object.fromEntries(url.searchParams),
    at: context.world.clock.now(),
    authorised: request.headers.authorization !== undefined,
    body: {},
    files: [],
    status: 0,
  });
  const body = await readBody(request).catch((error: unknown) => asError(context, error));
  if (!(body instanceof Error)) {
    logged.body = body.json;
    logged.files = body.uploads.map((f) => ({
      filename: f.filename,
      contentType: f.contentType,
      size: f.bytes.length,
    }));
  }
  const fault = context.faults.take(method, logged.path);
  if (fault) logged.fault = JSON.stringify(fault);
  const work = () => answer(context, request, url, method, path, body);
  if (fault) return answerWithFault(context, response, logged, fault, work);
  const { result, headers } = await work();
  send(context, response, logged, result, headers);
}

interface Worked {
  result: Answer;
  headers: Record<string, string>;
}

async function answer(
  context: PlaygroundContext,
  request: IncomingMessage,
  url: URL,
  method: string,
  path: string,
  body: RequestBody | DiscordError,
): Promise<Worked> {
  let verdict: LimitVerdict = { headers: {} };
  try {
    const match = findRoute(method, path);
    if (match === undefined) throw refuse('notFound');
    if (match === 'method') throw refuse('methodNotAllowed');
    const bot = authorise(context, request, match);
    verdict = context.limits.take(match.route, match.params, bot?.userId ?? 'anyone');
    if (verdict.refused) return { result: limited(verdict.refused), headers: verdict.headers };
    if (body instanceof DiscordError) throw body;
    const result = await match.route.handle({
      context,
      // Routes without authorisation find their application by the path.
      bot: bot as Bot,
      params: match.params,
      query: url.searchParams,
      body: body.json,
      uploads: body.uploads,
    });
    return { result, headers: verdict.headers };
  } catch (error) {
    const refused = asError(context, error);
    return { result: { status: refused.status, body: refused.body() }, headers: verdict.headers };
  }
}

function limited(refused: { retryAfter: number; global: boolean }): Answer {
  return {
    status: 429,
    body: {
      message: 'You are being rate limited.',
      retry_after: Number(refused.retryAfter.toFixed(3)),
      global: refused.global,
    },
  };
}

function authorise(context: PlaygroundContext, request: IncomingMessage, match: RouteMatch): Bot | undefined {
  if (match.route.authorised === false) return undefined;
  const token = /^Bot (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const bot = token === undefined ? undefined : context.world.bots.get(token);
  if (!bot) throw refuse('unauthorized');
  return bot;
}

function asError(context: PlaygroundContext, error: unknown): DiscordError {
  if (error instanceof DiscordError) return error;
  context.reportFault(error);
  return new DiscordError(500, 0, '500: Internal Server Error');
}

async function answerWithFault(
  context: PlaygroundContext,
  response: ServerResponse,
  logged: LoggedRequest,
  fault: Injection,
  work: () => Promise<Worked>,
): Promise<void> {
  const atOnce = fault.afterStore === true || (fault.delayMs !== undefined && fault.late !== true);
  const worked = atOnce ? await work() : undefined;
  if (fault.hang === true) return;
  if (fault.cut === true) {
    // The reset looks as when a proxy dies: clients take it for a failure of the network.
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.status === undefined) {
    const { result, headers } = worked ?? (await work());
    return send(context, response, logged, result, headers);
  }
  if (fault.status === 429) return sendInjectedLimit(context, response, logged, fault);
  const message = `${fault.status}: injected by the playground`;
  const body =
    fault.html === true ? `<html><body>${message}</body></html>` : { message, code: fault.code ?? 0, ...fault.body };
  send(context, response, logged, { status: fault.status, body }, {});
}

function sendInjectedLimit(
  context: PlaygroundContext,
  response: ServerResponse,
  logged: LoggedRequest,
  fault: Injection,
): void {
  const retryAfter = fault.retryAfter ?? 1;
  const global = fault.global ?? false;
  const headers: Record<string, string> = {
    'retry-after': String(retryAfter),
    'x-ratelimit-scope': global ? 'global' : fault.shared === true ? 'shared' : 'user',
    'x-ratelimit-reset-after': String(retryAfter),
    ...(global ? { 'x-ratelimit-global': 'true' } : { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0' }),
  };
  send(context, response, logged, limited({ retryAfter, global }), headers);
}

/** Sends the answer. A 204 must have no content type, because discord.js would try to read JSON from it. */
function send(
  context: PlaygroundContext,
  response: ServerResponse,
  logged: LoggedRequest,
  result: Answer,
  headers: Record<string, string>,
): void {
  context.requests.answered(logged, result.status);
  if (response.destroyed) return;
  const { body } = result;
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(result.status, { ...headers, ...(text !== undefined && { 'content-type': type }) });
  response.end(text);
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
