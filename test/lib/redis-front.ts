import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The address by which everybody reaches one Redis. It can hold back what goes to the replicas, or everything. */
export interface RedisFront extends AsyncDisposable {
  port: number;
  /**
   * Holds back what goes to `replicas`, or what goes to and from `all`, as when a machine has vanished without a word.
   */
  hold(what: 'nothing' | 'replicas' | 'all'): void;
  /**
   * Drops all that goes to and from the present connections from now on, or the replies alone, without ending them:
   * neither side hears that the other has gone. New connections work.
   */
  swallow(what?: 'all' | 'replies'): void;
  /** Takes connections. `close` ends them all, and drops what is held back. */
  open(): Promise<void>;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  /** True when this connection has asked for replication. */
  replica: boolean;
  swallowed: 'nothing' | 'replies' | 'all';
}

/** Makes a front that is not open yet. */
export function createRedisFront(port: number, serverPort: number): RedisFront {
  let listening: Server | undefined;
  const links = new Set<Link>();
  let held: 'nothing' | 'replicas' | 'all' = 'nothing';

  function apply(link: Link): void {
    // Data that is not read waits on its way, as on a slow network.
    if (held === 'all' || (held === 'replicas' && link.replica)) link.server.pause();
    else link.server.resume();
    if (held === 'all') link.client.pause();
    else link.client.resume();
  }

  const take = (client: Socket): void => {
    const link: Link = { client, server: connect(serverPort, '127.0.0.1'), replica: false, swallowed: 'nothing' };
    links.add(link);
    const end = (): void => {
      links.delete(link);
      client.destroy();
      link.server.destroy();
    };
    client.on('data', (chunk) => {
      if (link.swallowed === 'all') return;
      link.server.write(chunk);
      if (link.replica || !/psync/i.test(chunk.toString('latin1'))) return;
      link.replica = true;
      apply(link);
    });
    link.server.on('data', (chunk) => {
      if (link.swallowed === 'nothing') client.write(chunk);
    });
    for (const socket of [client, link.server]) {
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
    }
    if (held === 'all') apply(link);
  };

  async function close(): Promise<void> {
    const server = listening;
    listening = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const { client, server: other } of links) {
      client.destroy();
      other.destroy();
    }
    await closed;
  }

  return {
    port,
    hold(what) {
      held = what;
      for (const link of links) apply(link);
    },
    swallow(what = 'all') {
      for (const link of links) link.swallowed = what;
    },
    async open() {
      if (listening) return;
      listening = createServer(take);
      listening.listen(port, '127.0.0.1');
      await once(listening, 'listening');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
