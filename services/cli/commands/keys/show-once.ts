import type { Redis } from 'ioredis';
import { listApiKeys } from '#shared/rights/api-keys.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** Prints a new key, alone on stdout; what is to be said about it goes to stderr. */
export async function showOnce(
  terminal: Terminal,
  redis: Redis,
  { key, id }: { key: string; id: string },
  { json }: { json: true | undefined },
): Promise<void> {
  const made = (await listApiKeys(redis)).find((each) => each.id === id);
  terminal.out.write(json ? `${JSON.stringify({ key, ...made }, undefined, 2)}\n` : `${key}\n`);
  const until = made?.expiresAt === undefined ? '' : `, until ${new Date(made.expiresAt).toISOString().slice(0, 16)}Z`;
  terminal.err.write(
    `Key ${made?.name ?? id}, roles ${made?.roles.join(', ') ?? ''}${until}. It is shown only now, and stored nowhere. ` +
      'Programs send it as Authorization: Bearer <key>.\n',
  );
}
