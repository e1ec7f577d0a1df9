import { AsyncLocalStorage } from 'node:async_hooks';
import type { REST } from 'discord.js';
import { DroppedError } from './errors.ts';
import type { InvalidRequestGuard } from './invalid-requests.ts';
import { urgency, type Pacer, type Urgency } from './pacer.ts';

/** What decides about the turn of a request. */
export interface Urging {
  level: Urgency;
  /** Aborts when something newer is to be sent instead: a request that still waits for its turn is then dropped. */
  superseded?: AbortSignal | undefined;
  /** Called when the request's turn has come. When it rejects, the request is dropped and fails with the same error. */
  check?: (() => Promise<void>) | undefined;
}

const urging = new AsyncLocalStorage<Urging>();

/** The request was dropped before it was sent, because something newer replaces it. */
export class SupersededError extends DroppedError {}

/** Makes requests of this urgency; they are dropped with SupersededError when `superseded` aborts while they wait. */
export function withUrgency<T>(how: Urging, request: () => Promise<T>): Promise<T> {
  return urging.run(how, request);
}

/**
 * Makes all requests of a REST client wait for their turns at the last moment, after the client has waited for the
 * bucket of their route. So no turn is held by a request that is not being sent. `guard` counts all answers.
 */
export function paceRest(rest: REST, pacer: Pacer, guard?: InvalidRequestGuard): void {
  const { options } = rest;
  const make = options.makeRequest.bind(options);
  // The client repeats what was limited by itself, so that only here each answer is seen.
  const makeRequest: typeof make = async (url, init) => {
    const response = await make(url, init);
    guard?.note(response.status, response.headers.get('x-ratelimit-scope'));
    return response;
  };
  // Our pacer replaces this limit, because it knows what is urgent.
  options.globalRequestsPerSecond = 1_000_000;
  options.makeRequest = async (url, init) => {
    // Interactions carry no token and do not count in the global limit.
    if (!hasAuthorization(init.headers)) return makeRequest(url, init);
    const { level, superseded, check } = urging.getStore() ?? { level: urgency.answer };
    const signals = [init.signal, dropped(superseded)].filter((signal) => signal instanceof AbortSignal);
    const release = await pacer.turn(level, AbortSignal.any(signals));
    try {
      await check?.();
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
