// The minimal HTTP door: an Express app that passes chat completions on to the model as they come.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AddressInfo } from 'node:net';
import express from 'express';

const modelUrl = process.env['MODEL_URL'] ?? '';
const app = express();
app.post('/v1/chat/completions', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
  const answer = await fetch(`${modelUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: request.body as Buffer<ArrayBuffer>,
  });
  response.status(answer.status).set('content-type', answer.headers.get('content-type') ?? '');
  if (answer.body) await pipeline(Readable.fromWeb(answer.body), response);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
