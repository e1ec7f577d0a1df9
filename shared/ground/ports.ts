import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * The range in which `any` port is looked for. The system gives the ports above it (32,768 and up on Linux, 49,152
 * elsewhere) to whoever listens on port 0 and to every outgoing connection, so it could take one of them before our
 * server listens, or while that server restarts.
 */
const ours = { from: 10_000, to: 32_768 };
const tries = 100;

/**
 * A port of `host` that nobody listens on at this moment: `preferred`, or the next free one after it. With 0 it is any
 * port that the system will not give to anybody else meanwhile.
 */
export async function nextFreePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  if (preferred === 0) return anyFreePort(host);
  for (let port = preferred; port < Math.min(preferred + 200, 65_536); port += 1) {
    if (await isFree(port, host)) return port;
  }
  throw new Error(`no free port between ${preferred} and ${preferred + 199} on ${host}`);
}

async function anyFreePort(host: string): Promise<number> {
  for (let count = 0; count < tries; count += 1) {
    const port = randomInt(ours.from, ours.to);
    if ((await isFree(port, host)) && (await hold(port))) return port;
  }
  throw new Error(`none of ${tries} ports between ${ours.from} and ${ours.to - 1} was free on ${host}`);
}

/**
 * Keeps a port from all that look for one as we do, in this process and in others, as long as this process lives: its
 * server may not listen yet, or restart. A UDP socket of the same number stands for it, which is in no server's way and
 * ends with its process. False when another has it.
 */
function hold(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      // Where there is no UDP, ports are looked for without.
      resolve(error.code !== 'EADDRINUSE');
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
