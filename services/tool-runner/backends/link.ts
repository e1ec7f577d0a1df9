import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { errorText } from '#shared/errors.ts';
import { ToolError } from '#mcp/kit.ts';
import { backendAway, backendConnected } from '../events.ts';

/** One live connection to an MCP server. */
export interface Connection extends AsyncDisposable {
  client: Client;
  /** Resolves with the reason when the connection is lost. */
  lost: Promise<string>;
}

/** Keeps a connection to one server: a lost one is made again, with growing pauses while that fails. */
export interface Link extends AsyncDisposable {
  /** The present connection's client. Waits for one under way; rejects with ToolError when there is none to be had. */
  client(): Promise<Client>;
  /** Gives up the connection of this client, which its server does not know any more. */
  reset(client: Client): void;
  /** What keeps the server away, for the operator; undefined while it is connected. */
  problem(): string | undefined;
}

/** Milliseconds a call waits for the connection. */
const waitMs = 10_000;
/** A connection that lived this long counts as good: the next one is tried at once. */
const stableMs = 3_000;
const pauseMaxMs = 10_000;

/** Connects at once and for as long as the link is not disposed. `connect` rejects with a reason for the operator. */
export function createLink(server: string, connect: (signal: AbortSignal) => Promise<Connection>): Link {
  const stop = new AbortController();
  let current: { connection: Connection; giveUp: (why: string) => void } | undefined;
  let problem: string | undefined = 'it is being started';
  let attempt = Promise.withResolvers<Client>();
  attempt.promise.catch(() => undefined);

  /** Resolves with how long the connection lasted, in milliseconds. */
  async function once(): Promise<number> {
    const connection = await connect(stop.signal);
    const since = Date.now();
    const end = Promise.withResolvers<string>();
    const stopped = () => end.resolve('the runner is stopping');
    stop.signal.addEventListener('abort', stopped, { once: true });
    if (stop.signal.aborted) stopped();
    current = { connection, giveUp: end.resolve };
    problem = undefined;
    attempt.resolve(connection.client);
    backendConnected(server);
    problem = await Promise.race([connection.lost, end.promise]);
    stop.signal.removeEventListener('abort', stopped);
    current = undefined;
    attempt = Promise.withResolvers();
    attempt.promise.catch(() => undefined);
    await connection[Symbol.asyncDispose]();
    return Date.now() - since;
  }

  async function supervise(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        failures = (await once()) >= stableMs ? 0 : failures + 1;
      } catch (error) {
        problem = errorText(error);
        failures += 1;
        attempt.reject(new Error(problem));
        attempt = Promise.withResolvers();
        attempt.promise.catch(() => undefined);
      }
      if (stop.signal.aborted) return;
      backendAway(server, problem ?? 'unknown');
      const pause = failures === 0 ? 0 : Math.min(pauseMaxMs, 50 * 2 ** failures);
      await delay(pause, undefined, stop).catch(() => undefined);
    }
  }
  const supervising = supervise();

  return {
    async client() {
      if (current) return current.connection.client;
      const timer = new AbortController();
      const late = delay(waitMs, undefined, timer).then(() => Promise.reject(new Error('no connection in time')));
      late.catch(() => undefined);
      try {
        return await Promise.race([attempt.promise, late]);
      } catch (error) {
        throw new ToolError(`The server ${server} cannot be reached now. Go on without it, or try again later.`, {
          cause: error,
        });
      } finally {
        timer.abort();
      }
    },
    reset(client) {
      if (current?.connection.client === client) current.giveUp('the server has forgotten the connection');
    },
    problem: () => problem,
    async [Symbol.asyncDispose]() {
      stop.abort();
      attempt.reject(new Error('the runner is stopping'));
      await supervising;
    },
  };
}
