import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** One way for a server to misbehave; `turn` counts the requests from 0. */
export type Illness = (response: ServerResponse, turn: number) => void;

export interface IllServer extends AsyncDisposable {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  /** How many requests came since the illness was set. */
  requests(): number;
  setIllness(illness: Illness): void;
}

/** A server that speaks just enough of S3 to break its rules, which no real server can be asked to do. For tests. */
export async function startIllServer(): Promise<IllServer> {
  let illness: Illness = ok;
  let turn = 0;
  const server = createServer((request, response) => {
    request.resume();
    illness(response, turn);
    turn += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accessKey: 'ill-access',
    secretKey: 'ill-secret',
    requests: () => turn,
    setIllness(next) {
      illness = next;
      turn = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function ok(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 }).end('ok');
}

export function xml(response: ServerResponse, document: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(document);
}

const listing = (inner: string) =>
  `<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>${inner}</ListBucketResult>`;

/** An external entity, which a parser must not read. */
export function externalEntity(response: ServerResponse): void {
  const entry = listing('<Contents><Key>&secret;</Key><Size>1</Size></Contents>');
  xml(response, `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>${entry}`);
}

/** A document of 500 MB, sent as fast as it is taken. */
export function endlessDocument(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  const part = '<Contents><Key>k</Key><Size>1</Size></Contents>'.repeat(20_000);
  let left = Math.ceil(500_000_000 / part.length);
  response.write('<ListBucketResult>');
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(part)) return void response.once('drain', more);
    }
    response.end('</ListBucketResult>');
  };
  more();
}

export function neverAnswers(): void {}

/** "Slow down" three times, then the object. */
export function slowDownThrice(response: ServerResponse, turn: number): void {
  if (turn < 3) xml(response, '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>', 503);
  else ok(response);
}

/** Promises ten bytes and sends five. */
export function shortBody(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 10 });
  response.write('12345', () => response.destroy());
}

/** Sends the CRC-32 of other data. */
export function wrongChecksum(response: ServerResponse): void {
  const headers = { 'content-type': 'text/plain', 'content-length': 2, 'x-amz-checksum-crc32': 'AAAAAA==' };
  response.writeHead(200, headers).end('ok');
}
