import { docker } from './docker.ts';
import { compose, containersOf } from './stack.ts';

/** Makes an API key with the role `member` and returns it. */
export async function makeKey(name: string): Promise<string> {
  const made = await compose(['run', '--rm', '-T', 'cli', 'keys', 'create', '--name', name, '--role', 'member']);
  return made.stdout.trim();
}

/** Where the containers of the API are published on this machine. */
export async function published(): Promise<string[]> {
  const ids = await containersOf('api');
  const ports = await Promise.all(ids.map(async (id) => (await docker(['port', id, '8080/tcp'])).stdout.trim()));
  return ports.map((address) => `http://${address}`);
}

/** Sends a request to the API at this address. */
export function askApi(base: string, route: string, init: RequestInit & { key?: string } = {}): Promise<Response> {
  const { key, ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set('content-type', 'application/json');
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  return fetch(`${base}${route}`, { ...rest, headers, signal: AbortSignal.timeout(300_000) });
}
