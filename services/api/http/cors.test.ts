import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cors } from './cors.ts';

const server = createServer(express().use(cors(['https://chat.example.org'])));
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models`;
});
afterAll(() => void server.close());

async function preflight(origin: string): Promise<Headers> {
  const asked = 'authorization,content-type,x-stainless-lang,x-stainless-os';
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked };
  return (await fetch(url, { method: 'OPTIONS', headers })).headers;
}

test('a page of an origin that is named may send the headers that its library adds; others may send nothing', async () => {
  const allowed = await preflight('https://chat.example.org');
  expect(allowed.get('access-control-allow-origin')).toBe('https://chat.example.org');
  expect(allowed.get('access-control-allow-headers')).toContain('x-stainless-os');
  expect(allowed.get('vary')).toMatch(/Origin.*Access-Control-Request-Headers/i);
  const refused = await preflight('https://elsewhere.example');
  expect([...refused.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});
