import { nextFreePort } from '#shared/ground/ports.ts';

/**
 * A TCP port on loopback that nobody listens on at this moment. No listener on port 0 and no connection of other suites
 * gets it until the caller's server listens there, nor while that server is away.
 */
export function freePort(): Promise<number> {
  return nextFreePort(0);
}
