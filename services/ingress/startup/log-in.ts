import { setTimeout as sleep } from 'node:timers/promises';
import { Events, type Client } from 'discord.js';
import { OperatorError } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { endClient } from '../discord/sockets.ts';

const log = createLogger('startup');

/** Milliseconds after which a login that Discord has not completed is reported; it goes on waiting. */
const slowMs = 30_000;

/**
 * Logs in and waits until the servers are known. Throws an OperatorError when Discord refuses for good; while Discord
 * is away, it waits and says so. Rejects when `over` aborts.
 */
export async function logIn(client: Client, token: string, over?: AbortSignal): Promise<void> {
  over?.throwIfAborted();
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  const refused = new Promise<never>((_, reject) => {
    client.once(Events.ShardDisconnect, ({ code }) => {
      reject(new OperatorError('discord-refused', `Discord refuses the connection (close code ${code}).`));
    });
    over?.addEventListener('abort', () => reject(over.reason as Error), { once: true });
  });
  // The gateway reports later disconnections.
  refused.catch(() => undefined);
  const slow = setInterval(() => log.warn({}, 'Discord has not completed the login yet'), slowMs);
  const connecting = connect(client, token);
  try {
    await Promise.race([connecting, refused]);
    await Promise.race([ready, refused]);
  } catch (error) {
    if (over?.aborted === true) await endWhile(client, connecting);
    throw error;
  } finally {
    clearInterval(slow);
  }
}

/** Milliseconds between two looks at a client that is still connecting. */
const endEveryMs = 100;
/** Milliseconds after which what the library does is left to the end of the process. */
const endForMs = 10_000;

/** Ends a client that is connecting: the library begins sessions also after it was told to end. */
async function endWhile(client: Client, connecting: Promise<void>): Promise<void> {
  const settled = new AbortController();
  void connecting.catch(() => undefined).then(() => settled.abort());
  const over = AbortSignal.any([settled.signal, AbortSignal.timeout(endForMs)]);
  while (!over.aborted) {
    await endClient(client);
    await sleep(endEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
  await endClient(client);
}

/** A client that failed to log in cannot be used again, so that the REST client itself repeats its one request. */
async function connect(client: Client, token: string): Promise<void> {
  const { options } = client.rest;
  const { retries } = options;
  options.retries = 10;
  try {
    await client.login(token);
  } finally {
    options.retries = retries;
  }
}
