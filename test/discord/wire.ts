import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A stretch of network between the bot and Discord, on which gateway connections can die unnoticed. */
export interface Wire extends AsyncDisposable {
  url: string;
  /** Sets the port that connections are led to. */
  lead(port: number): void;
  /** Lets nothing more through the gateway connections that are open now, in either direction, and closes none. */
  freeze(): void;
  /** While true, new gateway connections get no answer. */
  block(on: boolean): void;
}

export async function startWire(): Promise<Wire> {
  const all = new Set<Socket>();
  const open = new Set<Socket>();
  let port = 0;
  let blocked = false;

  function keep(socket: Socket): void {
    all.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => all.delete(socket) && open.delete(socket));
  }

  function join(near: Socket, first: Buffer): void {
    const gateway = /^upgrade: websocket/im.test(first.toString('latin1'));
    if (gateway && blocked) return;
    const far = connect(port, '127.0.0.1');
    keep(far);
    far.write(first);
    near.pipe(far).pipe(near);
    if (gateway) open.add(near).add(far);
  }

  const server = createServer((near) => {
    keep(near);
    near.once('data', (first: Buffer) => join(near, first));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead(to) {
      port = to;
    },
    freeze() {
      for (const socket of open) socket.unpipe().pause();
      open.clear();
    },
    block(on) {
      blocked = on;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of all) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
