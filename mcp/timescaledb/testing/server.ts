import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { DatabaseOptions } from './database.worker.ts';
import { askPassword, query, readOpening, splitMessages, welcome } from './wire.ts';

export interface TestTimescale extends AsyncDisposable {
  /** The demo database as the role that only reads. It serves one connection at a time. */
  url: string;
}

type Options = Pick<DatabaseOptions, 'folder'> & Partial<DatabaseOptions>;

const role = 'dragoman_ro';

/**
 * A TimescaleDB of our own on loopback, with a small series of sensors in it. It has one session, so connections take
 * turns. A cancel request ends the thread that it runs on, and a new one goes on with the same data.
 */
export async function startTestTimescale(options: Options): Promise<TestTimescale> {
  const { folder, more = [], licensed = true } = options;
  await mkdir(folder, { recursive: true });
  const password = randomBytes(18).toString('hex');
  let closing = false;
  let database = await startDatabase({ folder, role, more, licensed });
  let turn: Promise<unknown> = Promise.resolve();
  const sockets = new Set<Socket>();
  let ended = Promise.withResolvers<void>();

  /** Ends what runs, and whoever waits for it. */
  function restart(): void {
    ended.resolve();
    ended = Promise.withResolvers();
    turn = turn.then(async () => {
      await database.terminate();
      if (!closing) database = await startDatabase({ folder, role, more, licensed });
    });
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, password, {
      cancel: () => {
        for (const other of sockets) if (other !== socket) other.destroy();
        restart();
      },
      session: (work) => {
        turn = turn.then(() => work(database, ended.promise)).catch(() => undefined);
      },
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `postgres://${role}:${password}@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      closing = true;
      ended.resolve();
      for (const socket of sockets) socket.destroy();
      server.close();
      await turn;
      await database.terminate();
    },
  };
}

async function startDatabase(options: DatabaseOptions): Promise<Worker> {
  const worker = new Worker(new URL('./database.worker.ts', import.meta.url), { workerData: options });
  await once(worker, 'message');
  return worker;
}

interface Host {
  cancel(): void;
  /** Runs when the sessions before it are over. `ended`: the database is ended, and answers nothing any more. */
  session(work: (database: Worker, ended: Promise<void>) => Promise<void>): void;
}

function serve(socket: Socket, password: string, host: Host): void {
  let data: Buffer = Buffer.alloc(0);
  let state: 'opening' | 'password' | 'open' = 'opening';
  let take = (_bytes: Buffer): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    data = Buffer.concat([data, chunk]);
    for (let opening = open(); opening; opening = open());
    if (state === 'opening') return;
    const { messages, rest } = splitMessages(data);
    data = rest;
    for (const { type, bytes } of messages) {
      if (state === 'password') enter(bytes);
      else if (type !== 'X') take(bytes);
    }
  });

  function open(): boolean {
    const opening = state === 'opening' ? readOpening(data) : undefined;
    if (!opening) return false;
    data = Buffer.from(opening.rest);
    if (opening.kind === 'encryption') socket.write('N');
    else if (opening.kind === 'cancel') {
      host.cancel();
      socket.end();
    } else {
      state = 'password';
      socket.write(askPassword);
    }
    return opening.kind === 'encryption';
  }

  function enter(bytes: Buffer): void {
    if (bytes.subarray(5, -1).toString() !== password) return void socket.destroy();
    state = 'open';
    const early: Buffer[] = [];
    take = (message) => void early.push(message);
    host.session(async (database, ended) => {
      if (socket.destroyed) return;
      const answered = Promise.withResolvers<void>();
      let unanswered = 0;
      let over = false;
      const onAnswer = (answer: unknown): void => {
        unanswered -= 1;
        if (!over) socket.write(answer as Uint8Array);
        else if (unanswered === 0) answered.resolve();
      };
      database.on('message', onAnswer);
      take = (message) => {
        unanswered += 1;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        database.postMessage(new Uint8Array(message));
      };
      for (const message of early) take(message);
      await once(socket, 'close');
      over = true;
      // The next one must find neither a transaction of this one, nor answers to it.
      for (const sql of ['ROLLBACK', 'DISCARD ALL']) take(query(sql));
      await Promise.race([answered.promise, ended]);
      database.off('message', onAnswer);
      take = () => undefined;
    });
    socket.write(welcome);
  }
}
