import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Where `any` port is looked for. The system gives the ports above (32,768 and up on Linux, 49,152 elsewhere) to who
 * listens on port 0 and to every connection that goes out: one of those could be taken again before its server listens,
 * or while that server is restarted.
 */
const ours = { from: 10_000, to: 32_768 };
const tries = 100;
/** Those given away already, whose servers may not listen yet. */
const given = new Set<number>();

/**
 * A port of `host` that nobody listens on at this moment: `preferred`, or the next free one after it; 0: any, which the
 * system will not give to anybody else meanwhile.
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
    if (given.has(port) || !(await isFree(port, host))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`none of ${tries} ports between ${ours.from} and ${ours.to - 1} was free on ${host}`);
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
