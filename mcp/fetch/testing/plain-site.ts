import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Domain } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

/** An answer of the site: any status, headers and bytes. */
export interface Answer {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface Read {
  failed: boolean;
  text: string;
  content: string;
  data: Record<string, unknown>;
}

/** A site on this machine that the operator opened, and `fetch` as a caller has it. */
export interface PlainSite extends AsyncDisposable {
  origin: string;
  /** What each path is answered with; any other path is a 404. */
  pages: Map<string, Answer>;
  requests: string[];
  /** Serves one answer at /page and fetches it. */
  read(answer: Answer, more?: object): Promise<Read>;
  fetch(path: string, more?: object): Promise<Read>;
}

export async function startPlainSite(settings: object = {}): Promise<PlainSite> {
  const pages = new Map<string, Answer>();
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.url ?? '');
    const answer = pages.get(request.url ?? '') ?? { status: 404 };
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  const domain: Domain = createDomain(config.parse({ FETCH_ALLOWED_HOSTS: host, ...settings }));
  async function get(path: string, more: object = {}): Promise<Read> {
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const result = await domain.tools[0]!.call({ url: `${origin}${path}`, ...more }, context);
    const [content] = result.content;
    const data = (result.structuredContent ?? {}) as Record<string, unknown>;
    const text = content?.type === 'text' ? content.text : '';
    return { failed: result.isError === true, text, content: (data['content'] as string | undefined) ?? '', data };
  }
  return {
    origin,
    pages,
    requests,
    fetch: get,
    read(answer, more) {
      pages.set('/page', answer);
      return get('/page', more);
    },
    async [Symbol.asyncDispose]() {
      await domain[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
