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
import { protocolProblem } from '#shared/runner/events.ts';
import { ChildTransport, type ChildCommand } from './child-transport.ts';
import type { Connection } from './link.ts';
import { RepairedTransport } from './repaired-transport.ts';
import { plainText } from './text.ts';
import { HttpTransport, SseTransport } from './transports.ts';

/** Milliseconds for the first exchange. A child may have to load first, and npx to install it. */
const connectMs = { remote: 20_000, child: 60_000 };

/**
 * Starts the child and greets it as older servers expect, which all servers of today understand; one that speaks
 * 2026-07-28 only is started once more and asked in that way. Probing first would kill servers that take no request
 * before `initialize`. `timeout`: milliseconds for the first exchange.
 */
export async function connectChild(
  command: ChildCommand,
  signal: AbortSignal,
  timeout = connectMs.child,
): Promise<Connection> {
  try {
    return await openChild(command, { mode: 'legacy', timeout, signal });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return openChild(command, { mode: 'auto', timeout, signal });
  }
}

async function openChild(command: ChildCommand, options: OpenOptions): Promise<Connection> {
  const transport = new ChildTransport(command);
  try {
    return await open(transport, options);
  } catch (error) {
    // That the connection was closed says less than why the child has closed it.
    if (error instanceof ProtocolError) throw error;
    if (transport.ending !== undefined) throw new Error(transport.ending, { cause: error });
    if (!(error instanceof SdkError) || error.code !== SdkErrorCode.RequestTimeout) throw error;
    throw new Error(`it does not answer within ${options.timeout / 1_000} s: ${transport.complaint}`, { cause: error });
  }
}

/** Connects to a server elsewhere in the newest revision that it speaks. */
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

/** What fetch hides in the causes of its error ("fetch failed"), and no more of a stranger's text than an operator reads. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const { code } = inner as NodeJS.ErrnoException;
  const text = redact(plainText(errorText(inner), 300)) || String(code);
  return code === 'ECONNREFUSED' ? 'nobody listens there (ECONNREFUSED)' : text;
}

interface OpenOptions {
  mode: Mode;
  /** Milliseconds for the first exchange. */
  timeout: number;
  signal: AbortSignal;
}

async function open(transport: Transport, { mode, timeout, signal }: OpenOptions): Promise<Connection> {
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
    await client.connect(new RepairedTransport(transport), { timeout, signal });
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
