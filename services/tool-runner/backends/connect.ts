import {
  Client,
  ProtocolError,
  SseError,
  type Transport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import type { RemoteServer } from '#shared/servers.ts';
import { protocolProblem } from '../events.ts';
import { ChildTransport, type ChildCommand } from './child-transport.ts';
import type { Connection } from './link.ts';
import { HttpTransport, SseTransport } from './transports.ts';

/** Milliseconds for the first exchange; a child may have to load first. */
const connectMs = 20_000;

/**
 * Starts the child and greets it as older servers expect, which all servers of today understand; one that speaks
 * 2026-07-28 only is started once more and asked in that way. Probing first would kill servers that take no request
 * before `initialize`.
 */
export async function connectChild(command: ChildCommand, signal: AbortSignal): Promise<Connection> {
  try {
    return await open(new ChildTransport(command), 'legacy', signal);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return open(new ChildTransport(command), 'auto', signal);
  }
}

/** Connects to a server elsewhere in the newest revision that it speaks. */
export async function connectRemote(
  server: RemoteServer,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Connection> {
  const url = new URL(server.url);
  if (server.type === 'sse') return open(new SseTransport(url, headers), 'legacy', signal);
  return open(new HttpTransport(url, headers), 'auto', signal);
}

async function open(transport: Transport, mode: VersionNegotiationMode, signal: AbortSignal): Promise<Connection> {
  const client = new Client({ name: 'dragoman', version: '1.0.0' }, { versionNegotiation: { mode } });
  const lost = Promise.withResolvers<string>();
  client.onerror = (error) => {
    protocolProblem(error);
    // The answers come by this stream, and the session ends with it: one that opens itself again is another session.
    if (error instanceof SseError) lost.resolve('the stream broke');
  };
  client.onclose = () => lost.resolve('the connection was closed');
  // The first exchange of a negotiation does not heed the signal.
  const giveUp = () => void transport.close();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect(transport, { timeout: connectMs, signal });
  } catch (error) {
    await transport.close().catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  return {
    client,
    hasSession: transport instanceof SseTransport || transport.sessionId !== undefined,
    lost: lost.promise,
    async [Symbol.asyncDispose]() {
      await client.close();
      // The client forgets a transport that has closed itself, and with it the child's grandchildren.
      await transport.close();
    },
  };
}
