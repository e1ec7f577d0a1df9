import { nextFreePort } from '#shared/ground/ports.ts';
import type { Screen } from './screen.ts';

/**
 * The value of a service's variable for its port: the wanted port or, where that is taken, the next free one, which is
 * said. What is no port stays as it is, because the service itself says what is wrong with it.
 */
export async function portFor(
  who: string,
  wanted: string,
  screen: Pick<Screen, 'note'>,
  host = '127.0.0.1',
): Promise<string> {
  const first = Number(wanted);
  if (!Number.isInteger(first) || first < 0 || first > 65_535) return wanted;
  const port = await nextFreePort(first, host);
  if (first !== 0 && port !== first) screen.note(`Port ${first} is taken; ${who} takes ${port}.`);
  return String(port);
}
