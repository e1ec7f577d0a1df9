import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStreams } from './http/open-streams.ts';
import type { HttpServer } from './http/serve.ts';

const stepMs = 50;
/** Milliseconds for the last words to leave. */
const lastWordsMs = 500;

/**
 * Ends the door in order: takes nothing new, lets answers under way come to their end for `graceMs`, then tells those
 * that still wait where they find the rest. Their runs go on.
 */
export async function drain(
  server: HttpServer,
  streams: OpenStreams & { close(): void },
  graceMs: number,
): Promise<void> {
  server.refuse();
  await emptied(streams, graceMs);
  streams.close();
  await emptied(streams, lastWordsMs);
}

async function emptied(streams: OpenStreams, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (streams.size > 0 && performance.now() < until) await sleep(stepMs);
}
