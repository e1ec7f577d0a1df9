import { AsyncLocalStorage } from 'node:async_hooks';
import type { REST } from 'discord.js';
import { urgency, type Pacer, type Urgency } from './pacer.ts';

interface Urging {
  level: Urgency;
  superseded?: AbortSignal | undefined;
}

const urging = new AsyncLocalStorage<Urging>();

/** The request was dropped before it was sent, because something newer takes its place. */
export class SupersededError extends Error {}

/** Makes requests of this urgency; they are dropped with SupersededError when `superseded` aborts while they wait. */
export function withUrgency<T>(
  level: Urgency,
  superseded: AbortSignal | undefined,
  request: () => Promise<T>,
): Promise<T> {
  return urging.run({ level, superseded }, request);
}

/**
 * Lets all requests of a REST client wait for their turns at the last moment: after the client has waited for the
 * bucket of their route, so that a turn is never held by a request that is not sent.
 */
export function paceRest(rest: REST, pacer: Pacer): void {
  const { options } = rest;
  const makeRequest = options.makeRequest.bind(options);
  // Ours takes its place: it knows what is urgent.
  options.globalRequestsPerSecond = 1_000_000;
  options.makeRequest = async (url, init) => {
    // Interactions carry no token and are outside the global limit.
    if (!hasAuthorization(init.headers)) return makeRequest(url, init);
    const { level, superseded } = urging.getStore() ?? { level: urgency.answer };
    const signals = [init.signal, dropped(superseded)].filter((signal) => signal instanceof AbortSignal);
    const release = await pacer.turn(level, AbortSignal.any(signals));
    try {
      return await makeRequest(url, init);
    } finally {
      release();
    }
  };
}

function dropped(superseded: AbortSignal | undefined): AbortSignal | undefined {
  if (!superseded) return undefined;
  const controller = new AbortController();
  const drop = () => controller.abort(new SupersededError('something newer is sent instead'));
  if (superseded.aborted) drop();
  else superseded.addEventListener('abort', drop, { once: true });
  return controller.signal;
}

function hasAuthorization(headers: unknown): boolean {
  return headers !== null && typeof headers === 'object' && 'Authorization' in headers;
}
