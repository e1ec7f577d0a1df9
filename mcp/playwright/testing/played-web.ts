import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { reachOf } from '#mcp/fetch/addresses.ts';
import { settled, type Network } from '#mcp/fetch/network.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Sites on this machine that stand in for the web. Every name leads to a public address unless `names` says else. */
export interface PlayedWeb extends AsyncDisposable {
  network: Network;
  server: Server;
  /** Pages by path, of every site; a text is HTML. */
  pages: Map<string, string | Handler>;
  /** Addresses of names; a list of lists answers one after the other. */
  names: Map<string, string[][]>;
  /** Addresses that were dialled. */
  dialled: string[];
  /** `host/path` of what was asked for. */
  asked: string[];
  /** Sockets to addresses that are not public. */
  nonPublic(): string[];
}

const PUBLIC = '93.184.215.14';

export async function startPlayedWeb(): Promise<PlayedWeb> {
  const pages: PlayedWeb['pages'] = new Map();
  const names: PlayedWeb['names'] = new Map();
  const dialled: string[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    const page = pages.get(request.url?.split('?', 1)[0] ?? '');
    if (typeof page === 'function') return page(request, response);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page ?? '<p>There is nothing here.</p>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    pages,
    names,
    dialled,
    asked,
    nonPublic: () => dialled.filter((address) => reachOf(address) !== 'public'),
    network: {
      async resolve(name) {
        const answers = names.get(name);
        if (answers === undefined) return [PUBLIC];
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
      },
      dial(address, _, signal) {
        dialled.push(address);
        return settled(connect(port, '127.0.0.1'), 'connect', signal);
      },
      secure: (socket: Socket) => Promise.resolve(socket),
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
