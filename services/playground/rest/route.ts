import type { PlaygroundContext } from '../context.ts';
import type { Bot, Json } from '../state/types.ts';
import type { LimitedRoute } from './rate-limits.ts';
import type { Upload } from './body.ts';

/** One request, read and authorised. */
export interface Call {
  context: PlaygroundContext;
  /** The bot whose token came with the request; on routes without authorisation, the bot that the path names. */
  bot: Bot;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Json;
  /** The files of a multipart request; `field` is files[n]. */
  uploads: Upload[];
}

export interface Answer {
  status: number;
  /** Sent as JSON, or as HTML when it is a text. Without it the answer has neither body nor content type, as a 204 must. */
  body?: unknown;
}

export interface Route extends LimitedRoute {
  handle(call: Call): Answer | Promise<Answer>;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const NO_CONTENT: Answer = { status: 204 };

interface Compiled {
  route: Route;
  parts: string[];
}

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/** Returns a function that finds the route of a method and path; 'method' when only the path fits. */
export function createRouter(
  routes: readonly Route[],
): (method: string, path: string) => RouteMatch | 'method' | undefined {
  const compiled: Compiled[] = routes.map((route) => ({ route, parts: route.path.split('/') }));
  return (method, path) => {
    const parts = path.split('/');
    let pathFits = false;
    for (const { route, parts: wanted } of compiled) {
      const params = matchParts(wanted, parts);
      if (!params) continue;
      if (route.method === method) return { route, params };
      pathFits = true;
    }
    return pathFits ? 'method' : undefined;
  };
}

function matchParts(wanted: string[], parts: string[]): Record<string, string> | undefined {
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const given = decode(parts[i] ?? '');
    if (part.startsWith(':')) {
      if (given === '') return undefined;
      params[part.slice(1)] = given;
    } else if (part !== given) return undefined;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The part is not valid percent-encoding: it equals itself and nothing that we know.
    return text;
  }
}
