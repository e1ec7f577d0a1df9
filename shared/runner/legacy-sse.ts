import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { errorText } from '#shared/ground/errors.ts';
import type { Room } from '#mcp/room.ts';
import type { Grant } from './auth.ts';
import { readJsonBody } from './body.ts';
import type { CallRequest } from './calls.ts';
import { busy, REQUEST_REJECTED, type Rejection } from './request-guard.ts';
import { protocolProblem } from './events.ts';
import type { Protocol } from './protocol.ts';

/** The deprecated HTTP+SSE transport (revision 2024-11-05), for clients that know no other. */
export interface LegacySse extends AsyncDisposable {
  /** GET /sse: opens a stream. Resolves to the reason when it is not opened. */
  open(grant: Grant, response: ServerResponse): Promise<Rejection | undefined>;
  /** POST /messages?sessionId=…: takes one message of a stream's client. */
  receive(grant: Grant, request: IncomingMessage, response: ServerResponse): Promise<Rejection | undefined>;
}

interface Session {
  subject: string;
  transport: SSEServerTransport;
}

const sessionsMax = 100;

/** Serves streams. Each message is judged by its own token, not by that of its stream. */
export function createLegacySse(protocol: Protocol, requestMaxBytes: number, room: Room): LegacySse {
  const sessions = new Map<string, Session>();
  const grants = new AsyncLocalStorage<Grant>();

  return {
    async open(grant, response) {
      if (sessions.size >= sessionsMax) return rejection(503, 'Too many streams are open; try again later.');
      const transport = new SSEServerTransport('/messages', response);
      const { sessionId } = transport;
      const gone = new AbortController();
      sessions.set(sessionId, { subject: grant.subject, transport });
      response.once('close', () => {
        sessions.delete(sessionId);
        gone.abort();
      });
      const call: CallRequest = {
        grant: present(grants),
        signal: gone.signal,
        cancelled: gone.signal,
        backendMs: 0,
        called: false,
      };
      await protocol.serverFor(call).connect(transport);
      return undefined;
    },
    async receive(grant, request, response) {
      const id = new URL(request.url ?? '', 'http://runner').searchParams.get('sessionId') ?? '';
      const session = sessions.get(id);
      // A stream's id is not a credential: it counts only together with its owner's token.
      if (!session || session.subject !== grant.subject) return rejection(404, 'There is no such stream; open /sse.');
      using share = room.share();
      const body = await readJsonBody(request, requestMaxBytes, share);
      if (body.kind === 'too-large') return rejection(413, `The message is larger than ${requestMaxBytes} bytes.`);
      if (body.kind === 'busy') return busy;
      if (body.kind === 'not-json') return rejection(400, 'The body is not JSON, or nested far too deep.');
      try {
        await grants.run(grant, () => session.transport.handleMessage(body.value));
      } catch (error) {
        protocolProblem(new Error(errorText(error)));
        return rejection(400, 'The body is not a JSON-RPC message.');
      }
      response.writeHead(202).end('Accepted');
      return undefined;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions.values()].map((session) => session.transport.close()));
    },
  };
}

/** The grant of the message that is being handled. */
function present(grants: AsyncLocalStorage<Grant>): Grant {
  const now = (): Grant => {
    const grant = grants.getStore();
    if (!grant) throw new Error('a call came without a message');
    return grant;
  };
  return {
    get caller() {
      return now().caller;
    },
    get subject() {
      return now().subject;
    },
    get run() {
      return now().run;
    },
    lists: (tool) => now().lists(tool),
    refusal: (tool, args) => now().refusal(tool, args),
  };
}

function rejection(status: number, message: string): Rejection {
  return { status, code: REQUEST_REJECTED, message };
}
