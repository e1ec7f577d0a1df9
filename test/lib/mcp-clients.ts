import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Caller } from '#shared/run/request.ts';
import { createSigner, type CallClaims } from '#shared/rights/tokens.ts';

export const testCaller: Caller = { kind: 'terminal', id: 'tester', name: 'tester', discordRoles: [] };

export interface RunnerAddress {
  url: string;
  server: string;
  signingKey: string;
}

/**
 * A fetch like a worker's: every request carries a token for the tool that it calls, or a token that only allows
 * listing.
 */
export function signingFetch(runner: RunnerAddress, claims: Partial<CallClaims> = {}): typeof fetch {
  const signer = createSigner(runner.signingKey);
  return async (url, init) => {
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as { params?: { name?: string } }) : {};
    const tool = body.params?.name ?? '*';
    const token = await signer.sign(runner.server, { caller: testCaller, run: 'run-1', tool, ...claims });
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  };
}

/** A connected client of the newest revision. */
export async function newestClient(runner: RunnerAddress, claims?: Partial<CallClaims>): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(runner.url), { fetch: signingFetch(runner, claims) }));
  return client;
}

/** A connected client of SDK 1.x, which starts with `initialize`. */
export async function olderClient(runner: RunnerAddress, claims?: Partial<CallClaims>): Promise<OldClient> {
  const client = new OldClient({ name: 'test', version: '1' });
  const transport = new OldTransport(new URL(runner.url), { fetch: signingFetch(runner, claims) });
  await client.connect(transport);
  return client;
}
