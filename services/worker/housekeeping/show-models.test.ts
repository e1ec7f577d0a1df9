import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { connectRedis } from '#shared/redis/connect.ts';
import { readModels } from '#shared/run/known-models.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { showModels } from './show-models.ts';

test('doors see what the gateway lists, the default first; the last list stays while it is away', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'test');
  const gateway = createServer((request, response) => {
    const known = request.url === '/v1/models' && request.headers.authorization === 'Bearer key';
    response.writeHead(known ? 200 : 404).end(JSON.stringify({ data: [{ id: 'big' }, { id: 'main' }] }));
  });
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  const { port } = gateway.address() as AddressInfo;
  const place = { LITELLM_API_BASE: `http://127.0.0.1:${port}/v1/`, LITELLM_API_KEY: 'key', MODEL_NAME: 'main' };
  expect(await readModels(redis)).toBeUndefined();
  await showModels(redis, place);
  const seen = { default: 'main', names: ['main', 'big'] };
  expect(await readModels(redis)).toEqual(seen);
  gateway.closeAllConnections();
  await once(gateway.close(), 'close');
  await showModels(redis, place);
  expect(await readModels(redis)).toEqual(seen);
  redis.disconnect();
});
