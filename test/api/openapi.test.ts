import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Express, Router } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '#services/api/api.ts';
import { createApp } from '#services/api/http/app.ts';
import { config } from '#services/api/config.ts';
import { openApiDocument, operations, type OpenApiDocument } from '#services/api/openapi/document.ts';
import { startApiRig, type ApiRig } from './rig.ts';

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

interface Layer {
  route?: { path: string | string[]; stack: { method?: string }[] };
  handle: { stack?: Layer[] };
}

/** Methods and paths of an app's routes, also of the routers in it. */
function routesOf(stack: Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return routesOf(handle.stack ?? []);
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return [route.path].flat().flatMap((path) => [...methods].map((method) => `${method} ${path}`));
  });
}

test('every route is described, and nothing else is', () => {
  // Routes are only built, not asked.
  const parts = { config: config.parse({ REDIS_URL: 'redis://127.0.0.1:1' }), limits: {} } as Api;
  const app = createApp(parts, {}) as Express & { router: Router };
  const routes = routesOf(app.router.stack as Layer[]);
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routes.toSorted());
  expect(routes.length).toBeGreaterThan(20);
});

test('the description is OpenAPI 3.1, each operation with a name of its own', async () => {
  const document = (await (await rig.send('/openapi.json')).json()) as OpenApiDocument;
  expect(document).toEqual(openApiDocument());
  const validator = new Validator();
  expect(await validator.validate(document)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const ids = Object.values<object>(document.paths).flatMap((path) =>
    Object.values<{ operationId: string }>(path as never).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

describe('bodies', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schemaAt = (path: string) => {
    const operation = openApiDocument().paths[path]?.['post'] as {
      requestBody: { content: { 'application/json': { schema: object } } };
    };
    return operation.requestBody.content['application/json'].schema;
  };

  test.each([
    ['/chat', { message: 'hi' }, true],
    ['/chat', { message: 'hi', session_id: 'a b' }, false],
    ['/chat', {}, false],
    ['/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }] }, true],
    ['/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }], whatever: 1 }, true],
    ['/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }], functions: [] }, false],
    ['/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }], temperature: 3 }, false],
    ['/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'hi' }], dragoman: { a: 1 } }, false],
    ['/v1/chat/completions', { model: 'x', messages: [] }, false],
    ['/v1/responses', { model: 'gpt-agent', input: 'hi' }, true],
    ['/v1/responses', { model: 'gpt-agent', input: 7 }, false],
    ['/v1/embeddings', { model: 'gpt-agent' }, false],
    ['/api/chat', { id: 'a' }, false],
    ['/v1/failed', {}, true],
    ['/v1/failed', { limit: 0 }, false],
    ['/v1/approvals/{id}', { decision: 'maybe' }, false],
  ])('%s %j: %s, described as it is refused or taken', async (path, body, valid) => {
    expect(ajv.validate(schemaAt(path), body)).toBe(valid);
    const { status } = await rig
      .send(path.replace('{id}', 'none'), { json: body, signal: AbortSignal.timeout(1_500) })
      .catch(
        // It was taken, and no worker answers here.
        () => ({ status: 200 }),
      );
    expect(status === 400).toBe(!valid);
  });
});

test('answers are as described', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const key = await rig.key({ roles: ['operator'] });
  for (const path of [
    '/v1/models',
    '/v1/tools',
    '/v1/usage',
    '/v1/audit',
    '/v1/runs',
    '/v1/failed',
    '/v1/approvals',
    '/v1/capabilities',
    '/healthz',
    '/readyz',
    '/',
  ]) {
    const response = await rig.send(path, { key });
    const described = openApiDocument().paths[path]?.['get'] as {
      responses: { 200: { content: { 'application/json': { schema: object } } } };
    };
    const { schema } = described.responses[200].content['application/json'];
    ajv.validate(schema, await response.json());
    expect([path, response.status, ajv.errors]).toEqual([path, 200, null]);
  }
});

test('the open pages need no key, load nothing from elsewhere and run no script', async () => {
  await rig.key();
  for (const path of ['/', '/docs']) {
    const response = await rig.send(path, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await response.text();
    expect(html).not.toMatch(/<script|\ssrc=|url\(|@import|href="(?:https?:)?\/\//);
    for (const [, target = ''] of html.matchAll(/href="([^"]+)"/g)) {
      expect((await rig.send(`/${target}`)).status, target).toBe(200);
    }
  }
  const docs = await (await rig.send('/docs')).text();
  for (const { path } of operations) expect(docs).toContain(`<code>${path}</code>`);
  expect(await (await rig.send('/')).json()).toEqual({ message: expect.stringContaining('/chat') });
  expect((await rig.send('/', { headers: { accept: 'application/json' } })).headers.get('content-type')).toMatch(
    'json',
  );
  expect((await rig.send('/', { method: 'POST' })).status).toBe(405);
});

test('a host name cannot write into the page', async () => {
  const { homePage } = await import('#services/api/openapi/pages.ts');
  expect(homePage('http://<script>alert(1)</script>')).not.toContain('<script');
});

test('capabilities say what is there, and who asks', async () => {
  const key = await rig.key({ name: 'cap', models: ['gpt-agent'], budgetUsd: 7 });
  const body = (await (await rig.send('/v1/capabilities', { key })).json()) as { models: string[] };
  expect(body).toMatchObject({
    object: 'capabilities',
    name: 'dragoman',
    protocols: {
      chat_completions: true,
      responses: true,
      ui_message_stream: true,
      sessions: true,
      embeddings: true,
      mcp: true,
    },
    limits: { requests_per_minute: 600, budget_usd_per_month: 7 },
    caller: { name: 'cap', roles: ['member'], operates: false },
  });
  expect(body.models).toContain('gpt-agent');
  expect(body.models).not.toContain('other');
  expect((await rig.send('/v1/capabilities')).status).toBe(401);
});
