import type { Variables } from '#mcp/stack.ts';
import type { Build } from './build.ts';
import { portFor } from './port.ts';

const usualPort = 8080;

/** Where the HTTP API listens: its variables. One that is taken gives way to the next, and this is said. */
export async function httpDoorVariables(build: Build): Promise<Variables> {
  const { API_PORT, API_HOST } = build.env;
  const wanted = API_PORT || String(usualPort);
  return { API_PORT: await portFor('the HTTP API', wanted, build.screen, API_HOST || '127.0.0.1') };
}

export interface HttpDoor {
  /** Its address, without a path. */
  url: string;
  /** Whether people of this machine are answered without a key. */
  keyless: boolean;
}

/** Asks the door how it stands: without a key it answers, or it does not. */
export async function lookAtHttpDoor(api: string): Promise<HttpDoor> {
  const url = new URL(api).origin;
  const response = await fetch(`${url}/v1/capabilities`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return { url, keyless: response?.ok === true };
}

/** The lines that tell people of it: where it is, who is answered, and a line to try. */
export function describeHttpDoor({ url, keyless }: HttpDoor): { address: string; example: string } {
  const who = keyless
    ? 'no API key exists: only this machine is answered'
    : 'with an API key: npx dragoman keys create --name me --role member';
  const key = keyless ? '' : ` -H 'authorization: Bearer <key>'`;
  return {
    address: `${url}  (${who})`,
    example: `curl ${url}/chat${key} -H 'content-type: application/json' -d '{"message": "What can you do?"}'`,
  };
}
