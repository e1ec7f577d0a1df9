// The minimal tool server: hand-written JSON-RPC over HTTP with one tool, which reads a file.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const root = process.env['FILESYSTEM_ROOT'] ?? '.';

interface Call {
  id: number;
  params: { arguments: { path: string } };
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const call = JSON.parse(Buffer.concat(parts).toString()) as Call;
    const start = performance.now();
    void readFile(path.join(root, call.params.arguments.path), 'utf8').then((text) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: call.id, result: { content: [{ type: 'text', text }] } });
      const timing = `backend;dur=${(performance.now() - start).toFixed(3)}`;
      response.writeHead(200, { 'content-type': 'application/json', 'server-timing': timing }).end(body);
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` })}\n`,
  );
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
