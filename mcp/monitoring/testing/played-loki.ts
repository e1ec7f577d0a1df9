import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A line of a stream: milliseconds since 1970, labels, text. */
export type PlayedLine = readonly [at: number, labels: Record<string, string>, text: string];

export interface PlayedLoki extends AsyncDisposable {
  url: string;
  /** Paths with their queries, as they were asked for, and the headers that came with them. */
  asked: { url: URL; headers: Record<string, unknown> }[];
}

/**
 * A played Loki, made after its HTTP API's documentation: no registry serves the real one. It knows equality in
 * selectors, `|=` filters, count_over_time over one stream selector, labels and their values; errors are plain text with status 400.
 */
export async function startPlayedLoki(lines: readonly PlayedLine[], tenant?: string): Promise<PlayedLoki> {
  const asked: PlayedLoki['asked'] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loki');
    asked.push({ url, headers: request.headers });
    if (tenant !== undefined && request.headers['x-scope-orgid'] !== tenant) return plain(response, 401, 'no org id\n');
    const [, label] = /^\/loki\/api\/v1\/label\/([^/]+)\/values$/.exec(url.pathname) ?? [];
    const within = lines.filter(([at]) => isWithin(at, url));
    if (url.pathname === '/loki/api/v1/query_range') return answerQuery(response, url, within);
    const labels = within.map(([, each]) => each);
    if (url.pathname === '/loki/api/v1/labels') return texts(response, labels.flatMap(Object.keys));
    if (label !== undefined)
      return texts(
        response,
        labels.flatMap((each) => each[label] ?? []),
      );
    return plain(response, 404, '404 page not found\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isWithin(at: number, { searchParams }: URL): boolean {
  const nanoseconds = BigInt(at) * 1_000_000n;
  return nanoseconds >= BigInt(searchParams.get('start') ?? 0) && nanoseconds < BigInt(searchParams.get('end') ?? 0);
}

function answerQuery(response: ServerResponse, { searchParams }: URL, within: readonly PlayedLine[]): void {
  const query = searchParams.get('query') ?? '';
  const metric = /^count_over_time\((\{[^}]*\})\s*\[\w+\]\)$/.exec(query);
  const [, selector, filters = ''] = /^(\{[^}]*\})((?:\s*\|=\s*"[^"]*")*)$/.exec(metric?.[1] ?? query) ?? [];
  if (selector === undefined)
    return plain(response, 400, 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER\n');
  const wanted = [...selector.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as const);
  if (wanted.every(([, value]) => value === ''))
    return plain(
      response,
      400,
      'parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value.\n',
    );
  const words = [...filters.matchAll(/"([^"]*)"/g)].map(([, word]) => word!);
  const found = within.filter(
    ([, labels, text]) =>
      wanted.every(([name, value]) => (labels[name] ?? '') === value) && words.every((word) => text.includes(word)),
  );
  if (metric) return json(response, { resultType: 'matrix', result: matrixOf(found) });
  const sign = searchParams.get('direction') === 'forward' ? 1 : -1;
  const chosen = found.toSorted((a, b) => (a[0] - b[0]) * sign).slice(0, Number(searchParams.get('limit') ?? 100));
  const streams = Map.groupBy(chosen, ([, labels]) => JSON.stringify(labels));
  const result = [...streams].map(([labels, entries]) => ({
    stream: JSON.parse(labels) as object,
    values: entries.map(([at, , text]) => [`${at}000000`, text]),
  }));
  json(response, { resultType: 'streams', result, stats: {} });
}

function matrixOf(found: readonly PlayedLine[]): object[] {
  if (found.length === 0) return [];
  const minutes = Map.groupBy(found, ([at]) => Math.floor(at / 60_000) * 60);
  const values = [...minutes].toSorted(([a], [b]) => a - b).map(([time, lines]) => [time, String(lines.length)]);
  return [{ metric: found[0]![1], values }];
}

/** Loki leaves `data` out of an empty list. */
function texts(response: ServerResponse, all: readonly string[]): void {
  const data = [...new Set(all)].toSorted();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'success', ...(data.length > 0 && { data }) }));
}

function json(response: ServerResponse, data: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'success', data }));
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
