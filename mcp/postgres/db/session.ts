import type pg from 'pg';
import type { Limits } from '../settings.ts';
import type { Databases } from './databases.ts';
import { openReadOnly, type RoleLimits } from './transaction.ts';
import { requestCancel, socketOf } from './wire.ts';

/** Why a session was ended from this side. */
export type CutReason = 'aborted' | 'overtime' | 'oversize';

/** One read-only transaction on a connection that nobody else uses. */
export interface Session {
  client: pg.ClientBase;
  database: string;
  /** How many milliseconds the server gives one statement: our limit, or the role's own where that is less. */
  timeoutMs: number;
  /** How many milliseconds a statement waits for a lock. */
  lockMs: number;
  /** Set when this side ended the work. */
  readonly cut: CutReason | undefined;
  /** Runs a statement of our own, with typed values. */
  own(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

export interface SessionOptions {
  database: string;
  signal: AbortSignal;
  limits: Limits;
}

/** How many bytes may come over the wire for one call: those of the values, with room for protocol and descriptions. */
function wireLimit(limits: Limits): number {
  return 2_000_000 + limits.maxBytes * 8;
}

/**
 * The server ends a statement by itself. This limit is for answers that go on flowing after that (measured: up to 3 s).
 */
const graceMs = 1_500;

/** How often a statement is cancelled before the connection is closed, and how long the server has each time. */
const cancelTries = 5;
const cancelGraceMs = 100;

/**
 * Runs `work` in a READ ONLY transaction that is always rolled back, with the limits set in it. When the signal aborts,
 * time is over, or too much flows, the statement is cancelled at the server and the connection closed. A connection
 * that ends in order is wiped (DISCARD ALL) before anybody else gets it.
 */
export async function withSession<T>(
  databases: Databases,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await connectUnlessAborted(databases, options);
  const watch = watchOver(client, options);
  try {
    const limits = await openReadOnly(client, options.limits);
    return await work(sessionOf(client, options.database, limits, watch));
  } finally {
    watch.stop();
    await giveBack(client, watch);
  }
}

/** A connection that comes after its caller has gone is given back at once. */
function connectUnlessAborted(databases: Databases, { database, signal }: SessionOptions): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const connecting = databases.connect(database);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      connecting.then(
        (client) => client.release(),
        () => undefined,
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    connecting.then(
      (client) => {
        signal.removeEventListener('abort', onAbort);
        resolve(client);
      },
      (error: Error) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
}

interface Watch {
  cut: CutReason | undefined;
  stop(): void;
  /** Listens for a broken connection: an `error` event without a listener ends the process. */
  onError: () => void;
}

function watchOver(client: pg.ClientBase, { signal, limits }: SessionOptions): Watch {
  const socket = socketOf(client);
  let received = 0;
  let over = false;
  const onError = () => undefined;
  const watch: Watch = { cut: undefined, stop, onError };
  const onAbort = () => end('aborted');
  const onData = (chunk: Buffer) => {
    received += chunk.length;
    if (received > wireLimit(limits)) end('oversize');
  };
  const timer = setTimeout(() => end('overtime'), limits.statementTimeoutMs + graceMs);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('data', onData);
  // While a client is out of its pool, a broken connection is an event of the client; its query rejects as well.
  client.on('error', onError);
  if (signal.aborted) end('aborted');
  return watch;

  function end(reason: CutReason): void {
    if (watch.cut) return;
    watch.cut = reason;
    if (reason === 'oversize') socket.pause();
    // A paused connection does not bring the server's answer, so it is closed after one request.
    void cancelUntilOver(client, reason === 'oversize' ? 1 : cancelTries, () => over);
  }

  function stop(): void {
    over = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.off('data', onData);
  }
}

/**
 * Cancels what the server runs, then closes the connection. A cancel request that arrives before its statement is lost,
 * and a server that computes does not notice a closed connection. So the request is repeated until the work is over.
 */
async function cancelUntilOver(client: pg.ClientBase, tries: number, isOver: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < tries && !isOver(); attempt += 1) {
    await requestCancel(client);
    if (attempt < tries - 1) await new Promise((resolve) => setTimeout(resolve, cancelGraceMs));
  }
  socketOf(client).destroy();
}

function sessionOf(client: pg.ClientBase, database: string, limits: RoleLimits, watch: Watch): Session {
  return {
    client,
    database,
    timeoutMs: limits.statement,
    lockMs: limits.lock,
    get cut() {
      return watch.cut;
    },
    async own(sql, values = []) {
      requireOpen(watch.cut);
      return (await client.query(sql, values)).rows as Record<string, unknown>[];
    },
  };
}

/** A closed connection keeps its error listener, because it may break once more while it ends. */
async function giveBack(client: pg.PoolClient, watch: Watch): Promise<void> {
  if (watch.cut !== undefined) return client.release(true);
  try {
    await client.query('ROLLBACK');
    await client.query('DISCARD ALL');
    client.off('error', watch.onError);
    client.release();
  } catch {
    client.release(true);
  }
}

/** A statement that is sent after the cancel request would run on, and nothing would stop it. */
export function requireOpen(cut: CutReason | undefined): void {
  if (cut !== undefined) throw new Error(`the session was ended (${cut})`);
}
