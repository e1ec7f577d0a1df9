import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';

test('the SDK, which writes into the credentials that it signs with, gets a copy of ours', async () => {
  const server = createServer((_, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ endpoint, region: 'us-east-1', credentials });
  await expect(client.send(new ListBucketsCommand({}))).rejects.toThrow();
  expect(credentials).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
  client.destroy();
  server.close();
});
