import { createServer, type AddressInfo } from 'node:net';

/** A port of `host` that nobody listens on at this moment: `preferred`, or the next free one after it; 0: any. */
export async function nextFreePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  if (preferred === 0) return (await probe(0, host)) ?? 0;
  for (let port = preferred; port < Math.min(preferred + 200, 65_536); port += 1) {
    const free = await probe(port, host);
    if (free !== undefined) return free;
  }
  throw new Error(`no free port between ${preferred} and ${preferred + 199} on ${host}`);
}

/** The port when it could be listened on. */
function probe(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}
