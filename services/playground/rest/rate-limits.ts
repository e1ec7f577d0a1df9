import { createHash } from 'node:crypto';
import type { Clock } from '../state/clock.ts';

/** How many requests fit into a window of how many milliseconds. */
export interface BucketShape {
  limit: number;
  windowMs: number;
  /** Routes with the same name share their bucket in a channel. */
  name?: string;
}

/** The part of a route that its limit depends on. */
export interface LimitedRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path below /api/v10, with :name for a part that varies. */
  path: string;
  /** False for routes that a token in the path opens. */
  authorised?: boolean;
  /** The rate limit, when it is not the usual one. */
  limit?: BucketShape;
}

/** Approximations: Discord publishes none of these, and clients must follow the headers. */
export const Shape = {
  usual: { limit: 50, windowMs: 1000 },
  send: { limit: 5, windowMs: 5000 },
  edit: { limit: 5, windowMs: 5000 },
  remove: { limit: 5, windowMs: 1000 },
  reaction: { limit: 1, windowMs: 250, name: 'reactions' },
  typing: { limit: 5, windowMs: 5000 },
  webhook: { limit: 5, windowMs: 2000, name: 'webhooks' },
  history: { limit: 5, windowMs: 1000 },
  openDm: { limit: 10, windowMs: 10_000 },
  commands: { limit: 5, windowMs: 20_000 },
} satisfies Record<string, BucketShape>;

/**
 * Fifty a second. The window is a little shorter, because it begins when a request arrives, while the client's began
 * when the request left. A client that keeps to fifty by its own clock must never be refused.
 */
const GLOBAL: BucketShape = { limit: 50, windowMs: 900 };

interface Bucket {
  used: number;
  resetAt: number;
}

export interface LimitVerdict {
  headers: Record<string, string>;
  /** Set when the request is refused: after how many seconds it may come again, and which limit refused it. */
  refused?: { retryAfter: number; global: boolean };
}

export interface RateLimits {
  enabled: boolean;
  /** Counts the request unless it is refused. A refused request does not lengthen the window. */
  take(route: LimitedRoute, params: Record<string, string>, caller: string): LimitVerdict;
  reset(): void;
}

/** Fixed windows for each route, major parameter and caller, and one global window for each caller. */
export function createRateLimits(clock: Clock, enabled: boolean): RateLimits {
  const buckets = new Map<string, Bucket>();

  function bucket(key: string, shape: BucketShape): Bucket {
    const now = clock.now();
    const known = buckets.get(key);
    if (known && known.resetAt > now) return known;
    const fresh = { used: 0, resetAt: now + shape.windowMs };
    buckets.set(key, fresh);
    return fresh;
  }

  function take(route: LimitedRoute, params: Record<string, string>, caller: string): LimitVerdict {
    const shape: BucketShape = limits.enabled ? (route.limit ?? Shape.usual) : { limit: 1_000_000, windowMs: 1 };
    const routeKey = shape.name ?? `${route.method} ${route.path}`;
    const id = createHash('sha256').update(routeKey).digest('hex').slice(0, 32);
    const own = bucket(`${id}/${caller}/${majorParameter(params)}`, shape);
    // Without a limit there is no window to keep, so each request starts a new one.
    const all = limits.enabled && countsGlobally(route) ? bucket(`global/${caller}`, GLOBAL) : undefined;
    if (all && all.used >= GLOBAL.limit) return refusedBy(all, {}, true);
    if (own.used >= shape.limit) return refusedBy(own, describe(shape, own, id), false);
    own.used += 1;
    if (all) all.used += 1;
    return { headers: describe(shape, own, id) };
  }

  function describe(shape: BucketShape, own: Bucket, id: string): Record<string, string> {
    return {
      'x-ratelimit-limit': String(shape.limit),
      'x-ratelimit-remaining': String(shape.limit - own.used),
      'x-ratelimit-reset': (own.resetAt / 1000).toFixed(3),
      'x-ratelimit-reset-after': (Math.max(0, own.resetAt - clock.now()) / 1000).toFixed(3),
      'x-ratelimit-bucket': id,
    };
  }

  function refusedBy(hit: Bucket, headers: Record<string, string>, global: boolean): LimitVerdict {
    const retryAfter = Math.max(0.001, (hit.resetAt - clock.now()) / 1000);
    const scope = global
      ? { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }
      : { 'x-ratelimit-scope': 'user' };
    return {
      headers: { ...headers, ...scope, 'retry-after': retryAfter.toFixed(3) },
      refused: { retryAfter, global },
    };
  }

  const limits: RateLimits = { enabled, take, reset: () => buckets.clear() };
  return limits;
}

/** Discord's major parameters: different channels, guilds and webhooks have different buckets. */
function majorParameter(params: Record<string, string>): string {
  return params['channel'] ?? params['guild'] ?? (params['token'] === undefined ? '' : params['token']);
}

/** Interaction routes carry no bot token, so the global limit does not count them. */
function countsGlobally(route: LimitedRoute): boolean {
  return route.authorised !== false;
}
