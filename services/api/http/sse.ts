import type { Request, Response } from 'express';

/** Milliseconds between two comments that keep a silent stream open: proxies cut after 30 s and more. */
const keepAliveMs = 15_000;
/** Milliseconds that a client which has stopped reading may hold up its stream. */
const slowMs = 60_000;

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx would collect the answer otherwise.
  'x-accel-buffering': 'no',
};

/** A stream of server-sent events to one client. */
export interface EventStream {
  /** Sends one event. Waits while the client reads slowly; rejects when it is gone, or reads nothing for a minute. */
  send(data: unknown, fields?: { event?: string; id?: string }): Promise<void>;
  /** Sends `data: <text>` as it is. */
  sendText(text: string): Promise<void>;
  /** Ends the stream in order. */
  end(): void;
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal;
}

export class ClientGone extends Error {
  override name = 'ClientGone';
}

/** Begins a stream: its head and a comment leave at once, so that client and proxies see life. */
export function openEventStream(
  request: Request,
  response: Response,
  headers: Record<string, string> = {},
): EventStream {
  const gone = new AbortController();
  response.status(200).set({ ...streamHeaders, ...headers });
  response.socket?.setNoDelay(true);
  const { put, flush } = joinWrites(response);
  put(': accepted\n\n');
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) put(': keep-alive\n\n');
  }, keepAliveMs);
  const soon = setTimeout(() => put(': working\n\n'), 1_000);
  const close = () => {
    clearInterval(keepAlive);
    clearTimeout(soon);
    if (!response.writableFinished) gone.abort(new ClientGone('the client has left'));
  };
  response.once('close', close);
  if (request.destroyed && !request.complete) close();
  async function write(text: string): Promise<void> {
    if (gone.signal.aborted) throw gone.signal.reason;
    if (put(text)) return;
    await drained(response, gone.signal);
  }
  return {
    gone: gone.signal,
    send: (data, { event, id } = {}) =>
      write(
        `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`,
      ),
    sendText: (text) => write(`data: ${text}\n\n`),
    end() {
      clearInterval(keepAlive);
      clearTimeout(soon);
      flush();
      response.end();
    },
  };
}

/** Characters that are joined at most. */
const joinedMax = 65_536;

/**
 * Joins what is put in one turn of the event loop: an answer is many small events, and each write of its own is a
 * system call here and a wake-up of the client. `put` returns false when the client reads slowly.
 */
function joinWrites(response: Response): { put: (text: string) => boolean; flush: () => void } {
  let joined = '';
  function flush(): void {
    const text = joined;
    joined = '';
    if (text !== '' && !response.destroyed) response.write(text);
  }
  return {
    flush,
    put(text) {
      if (joined === '') process.nextTick(flush);
      joined += text;
      if (joined.length > joinedMax) flush();
      return !response.writableNeedDrain;
    },
  };
}

function drained(response: Response, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // Nobody can be told: what is written would only pile up.
      response.destroy();
      done(new ClientGone('the client has not read for a minute'));
    }, slowMs);
    const onDrain = () => done();
    const onGone = () => done(gone.reason);
    function done(error?: unknown): void {
      clearTimeout(timer);
      response.off('drain', onDrain);
      gone.removeEventListener('abort', onGone);
      if (error === undefined) resolve();
      else reject(error);
    }
    response.once('drain', onDrain);
    gone.addEventListener('abort', onGone, { once: true });
  });
}
