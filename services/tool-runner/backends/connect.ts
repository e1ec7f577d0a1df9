import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SseError,
  type Transport,
  type VersionNegotiationMode as Mode,
} from '@modelcontextprotocol/client';
import { errorText } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import type { RemoteServer } from '#shared/servers/entry.ts';
import { protocolProblem } from '../events.ts';
import { ChildTransport, type ChildCommand } from './child-transport.ts';
import type { Connection } from './link.ts';
import { plainText } from './text.ts';
import { HttpTransport, SseTransport } from './transports.ts';

/** Milliseconds for the first exchange. A child may have to load first, and npx to install it. */
const connectMs = { remote: 20_000, child: 60_000 };

/**
 * Starts the child and greets it as older servers expect, which all servers of today understand. A child that speaks
 * only 2026-07-28 is started once more and greeted in that way. Probing first would kill servers that accept no request
 * before `initialize`.
 */
export async function connectChild(command: ChildCommand, signal: AbortSignal): Promise<Connection> {
  try {
    return await openChild(command, 'legacy', signal);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return openChild(command, 'auto', signal);
  }
}

async function openChild(command: ChildCommand, mode: Mode, signal: AbortSignal): Promise<Connection> {
  const transport = new ChildTransport(command);
  try {
    return await open(transport, { mode, timeout: connectMs.child, signal });
  } catch (error) {
    // Why the child closed the connection says more than that it was closed.
    if (error instanceof ProtocolError) throw error;
    if (transport.ending !== undefined) throw new Error(transport.ending, { cause: error });
    if (!(error instanceof SdkError) || error.code !== SdkErrorCode.RequestTimeout) throw error;
    throw new Error(`it does not answer within ${connectMs.child / 1_000} s: ${transport.complaint}`, { cause: error });
  }
}

/** Connects to a remote server in the newest revision that it speaks. */
export async function connectRemote(server: RemoteServer, signal: AbortSignal): Promise<Connection> {
  if (!URL.canParse(server.url)) throw new Error('its url is no address once its variables are filled in');
  const url = new URL(server.url);
  const { headers } = server;
  const [transport, mode] =
    server.type === 'sse'
      ? [new SseTransport(url, headers), 'legacy' as const]
      : [new HttpTransport(url, headers), 'auto' as const];
  try {
    return await open(transport, { mode, timeout: connectMs.remote, signal });
  } catch (error) {
    // A path may hold a key, too.
    throw new Error(`${redact(`${url.origin}${url.pathname}`)}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * The reasons that fetch hides in the causes of its error ("fetch failed"), cut to as much of a stranger's text as an
 * operator reads.
 */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const { code } = inner as NodeJS.ErrnoException;
  const text = redact(plainText(errorText(inner), 300)) || String(code);
  return code === 'ECONNREFUSED' ? 'nobody listens there (ECONNREFUSED)' : text;
}

async function open(
  transport: Transport,
  { mode, timeout, signal }: { mode: Mode; timeout: number; signal: AbortSignal },
): Promise<Connection> {
  const client = new Client({ name: 'dragoman', version: '1.0.0' }, { versionNegotiation: { mode } });
  const lost = Promise.withResolvers<string>();
  client.onerror = (error) => {
    protocolProblem(error);
    // Answers come over this stream and the session ends with it; a stream that opens itself again is another session.
    if (error instanceof SseError) lost.resolve('the stream broke');
  };
  client.onclose = () => lost.resolve('the connection was closed');
  // The first exchange of a negotiation does not heed the signal.
  const giveUp = () => void transport.close();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect(transport, { timeout, signal });
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
      // The client forgets a transport that has closed itself, and would leave the child's grandchildren behind.
      await transport.close();
    },
  };
}
