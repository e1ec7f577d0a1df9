import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { errorText } from '#shared/ground/errors.ts';
import { backendAway, backendConnected } from '../events.ts';
import { CallNotMade } from '#shared/runner/backend.ts';

/** One live connection to an MCP server. */
export interface Connection extends AsyncDisposable {
  client: Client;
  /** Whether the server keeps state for this connection that it can forget. */
  hasSession: boolean;
  /** Resolves with the reason when the connection is lost. */
  lost: Promise<string>;
}

/** Keeps a connection to one server: a lost one is made again, with growing pauses while that fails. */
export interface Link extends AsyncDisposable {
  /**
   * Runs `work` over the present connection. When `work` rejects with an error for which `hadNoEffect` says that the
   * server did nothing and no longer knows the connection, it runs once more over a new one. Other users keep the old
   * connection until they are done. Rejects as `work` does, or with CallNotMade when no connection can be had, also
   * when `signal` aborts while one is awaited.
   */
  use<T>(
    work: (connection: Connection) => Promise<T>,
    hadNoEffect: (error: unknown, connection: Connection) => boolean,
    signal?: AbortSignal,
  ): Promise<T>;
  /** What keeps the server away, for the operator; undefined while it is connected. */
  problem(): string | undefined;
  /** False until the first attempt to connect has succeeded or failed. */
  tried(): boolean;
}

/** A connection in use, and when it ends for its users. */
interface Held {
  connection: Connection;
  users: number;
  /** Resolves with the reason for which nobody new gets it. */
  left: PromiseWithResolvers<string>;
  /** Resolves when its last user is done after it was left. */
  idle: PromiseWithResolvers<void>;
}

/** Milliseconds that a call waits for the connection. */
const waitMs = 10_000;
/** Milliseconds that make a connection a good one: after its end the next one is tried at once. */
const stableMs = 3_000;
const pauseMaxMs = 10_000;
const forgotten = 'the server has forgotten the connection';
/** Milliseconds of a pause that calls wait for; during a longer one they are told at once that the server is away. */
const briefMs = 1_000;

/** Connects at once, and again whenever needed until disposed. `connect` rejects with a reason for the operator. */
export function createLink(server: string, connect: (signal: AbortSignal) => Promise<Connection>): Link {
  const stop = new AbortController();
  const retired = new Set<Promise<void>>();
  let current: Held | undefined;
  let problem: string | undefined = 'it is being started';
  let tried = false;
  /** True in a pause between attempts that calls do not wait for. */
  let pausing = false;
  /** The reason for being away that was logged last; the same reason again is not logged. */
  let told: string | undefined;
  let attempt = newAttempt();

  /** From now on nobody new gets this connection: the next user waits for the next one. */
  function leave(held: Held, why: string): void {
    if (current === held) {
      current = undefined;
      attempt = newAttempt();
    }
    held.left.resolve(why);
  }

  /** Resolves to how long the connection lasted, in milliseconds; Infinity when the server forgot the session. */
  async function once(): Promise<number> {
    const connection = await connect(stop.signal);
    const since = Date.now();
    const held: Held = { connection, users: 0, left: Promise.withResolvers(), idle: Promise.withResolvers() };
    const stopped = () => leave(held, 'the runner is stopping');
    stop.signal.addEventListener('abort', stopped, { once: true });
    current = held;
    problem = undefined;
    told = undefined;
    tried = true;
    attempt.resolve(held);
    backendConnected(server, connection.client);
    if (stop.signal.aborted) stopped();
    void connection.lost.then((why) => leave(held, why));
    problem = await held.left.promise;
    stop.signal.removeEventListener('abort', stopped);
    if (problem !== forgotten) await connection[Symbol.asyncDispose]();
    else retire(held);
    // The call that met the forgotten session waits for the new one, and each such call asks for at most one new
    // session.
    return problem === forgotten ? Number.POSITIVE_INFINITY : Date.now() - since;
  }

  /** Closes the connection when the calls that are still under way over it have ended, or the link stops. */
  function retire(held: Held): void {
    if (held.users === 0 || stop.signal.aborted) held.idle.resolve();
    stop.signal.addEventListener('abort', () => held.idle.resolve(), { once: true });
    const closing = Promise.race([held.idle.promise, held.connection.lost])
      .then(() => held.connection[Symbol.asyncDispose]())
      .finally(() => retired.delete(closing));
    retired.add(closing);
  }

  async function supervise(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        failures = (await once()) >= stableMs ? 0 : failures + 1;
      } catch (error) {
        problem = errorText(error);
        tried = true;
        failures += 1;
        attempt.reject(new Error(problem));
        attempt = newAttempt();
      }
      if (stop.signal.aborted) return;
      if (problem !== told) backendAway(server, problem ?? 'unknown');
      told = problem;
      const pause = failures === 0 ? 0 : Math.min(pauseMaxMs, 50 * 2 ** failures);
      pausing = pause > briefMs;
      await delay(pause, undefined, stop).catch(() => undefined);
      pausing = false;
    }
  }
  const supervising = supervise();

  /** Returns the present connection, or the next one. Its user counts at once, or it could be closed before its use. */
  async function take(signal: AbortSignal | undefined): Promise<Held> {
    const held = current ?? (await next(signal));
    held.users += 1;
    return held;
  }

  async function next(signal: AbortSignal | undefined): Promise<Held> {
    const timer = new AbortController();
    const until = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal;
    const late = delay(waitMs, undefined, { signal: until }).then(() => {
      throw new Error('no connection in time');
    });
    late.catch(() => undefined);
    try {
      if (pausing) throw new Error(problem);
      return await Promise.race([attempt.promise, late]);
    } catch (error) {
      const away = `The server ${server} cannot be reached now, so nothing was done. Go on without it, or try again later.`;
      throw new CallNotMade(away, { cause: error });
    } finally {
      timer.abort();
    }
  }

  async function over<T>(held: Held, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(held.connection);
    } finally {
      held.users -= 1;
      if (held.users === 0 && current !== held) held.idle.resolve();
    }
  }

  return {
    async use(work, hadNoEffect, signal) {
      const held = await take(signal);
      try {
        return await over(held, work);
      } catch (error) {
        if (signal?.aborted === true || !hadNoEffect(error, held.connection)) throw error;
        leave(held, forgotten);
      }
      return over(await take(signal), work);
    },
    problem: () => problem,
    tried: () => tried,
    async [Symbol.asyncDispose]() {
      stop.abort();
      attempt.reject(new Error('the runner is stopping'));
      await supervising;
      await Promise.all(retired);
    },
  };
}

/** An attempt that nobody waits for may fail without harm. */
function newAttempt(): PromiseWithResolvers<Held> {
  const attempt = Promise.withResolvers<Held>();
  attempt.promise.catch(() => undefined);
  return attempt;
}
