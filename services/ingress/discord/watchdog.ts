import { Events, Status, type Client } from 'discord.js';
import { OperatorError } from '#shared/ground/errors.ts';
import { gatewayGivenUp } from '../events.ts';
import { meaningOf } from './close-codes.ts';
import { createCloser, createRenewer } from './sockets.ts';

export interface Watchdog extends Disposable {
  /** Rejects with an OperatorError when only a new process can help. */
  ended: Promise<never>;
  /** Throws while the gateway is not connected. */
  check(): void;
}

/**
 * Watches whether anything is heard from Discord: events, or answers to heartbeats, on a connection with a session. The
 * library reconnects by itself, and gets a new session when Discord does not answer for `resumeMs` whether the old one
 * goes on. When it fails to for `deafMs` milliseconds, or must not, `ended` rejects. Counts from
 * the first session on, because logging in has its own patience.
 */
export function watchGateway(
  client: Client,
  { deafMs, tickMs = 1_000, resumeMs = 20_000 }: { deafMs: number; tickMs?: number; resumeMs?: number },
): Watchdog {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const closeDying = createCloser(client);
  const renew = createRenewer(client, Math.ceil(resumeMs / tickMs));
  let began = false;
  let heard = new Set<number>();
  let silentMs = 0;
  let beatsAt = '';
  let lookedAt = performance.now();

  // A caller that ignores `ended` must not be ended by it.
  ended.catch(() => undefined);
  client.on(Events.ShardReady, (shard) => {
    began = true;
    heard.add(shard);
  });
  client.on(Events.Raw, (_, shard) => void heard.add(shard));
  client.on(Events.ShardDisconnect, ({ code }) => {
    if (began) giveUp(`Discord has closed the connection for good: ${meaningOf(code)}.`);
  });

  function connected(): boolean {
    return client.ws.shards.size > 0 && client.ws.shards.every(({ status }) => status === Status.Ready);
  }

  function look(): void {
    const now = performance.now();
    // A process that was stopped for a while has not been deaf: it gets the time to find out.
    silentMs += Math.min(now - lookedAt, 2 * tickMs);
    lookedAt = now;
    const beats = client.ws.shards.map(({ lastPingTimestamp }) => lastPingTimestamp).join();
    if (!began || (connected() && (heard.size > 0 || beats !== beatsAt))) silentMs = 0;
    renew(heard);
    heard = new Set();
    beatsAt = beats;
    closeDying();
    if (silentMs >= deafMs) giveUp(`Discord was not heard for ${Math.round(silentMs / 1_000)} s.`);
  }

  function giveUp(why: string): void {
    clearInterval(timer);
    gatewayGivenUp({ why });
    reject(new OperatorError('discord-deaf', why));
  }

  const timer = setInterval(look, tickMs);
  return {
    ended,
    check() {
      if (!connected()) throw new Error('the gateway is not connected');
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
