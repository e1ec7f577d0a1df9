import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { Json } from '../state/types.ts';
import type { Connection } from './connection.ts';
import type { Gateway } from './gateway.ts';
import { identify } from './identify.ts';
import { sendMembers } from './members-chunk.ts';
import { Close, MAX_PAYLOAD_BYTES, MAX_SENDS_PER_MINUTE, Op } from './protocol.ts';
import { resume } from './resume.ts';
import { sendRaw } from './session.ts';

/** Greets a client and serves it until its socket closes. */
export function serveConnection(gateway: Gateway, socket: WebSocket, request: IncomingMessage): void {
  const query = new URL(request.url ?? '/', 'http://gateway').searchParams;
  if (!['9', '10'].includes(query.get('v') ?? '10')) return socket.close(Close.INVALID_VERSION, 'Invalid API version');
  if ((query.get('encoding') ?? 'json') !== 'json' || query.has('compress')) {
    return socket.close(Close.DECODE_ERROR, 'The playground speaks uncompressed JSON only.');
  }
  const connection: Connection = { gateway, socket, session: undefined, lastBeatAt: Date.now(), sentAt: [] };
  const interval = gateway.options.heartbeatIntervalMs;
  const watch = setInterval(() => closeWhenSilent(connection), Math.max(20, interval / 4));
  socket.on('message', (data) => receive(connection, data));
  socket.on('error', () => socket.terminate());
  socket.on('close', (code) => {
    clearInterval(watch);
    detach(connection, code);
  });
  sendRaw(socket, Op.HELLO, { heartbeat_interval: interval, _trace: ['["playground"]'] });
}

/** Closes a client that missed its heartbeat. It may resume. */
function closeWhenSilent({ gateway, socket, lastBeatAt }: Connection): void {
  if (Date.now() - lastBeatAt > gateway.options.heartbeatIntervalMs * 1.5 + 500) {
    socket.close(Close.SESSION_TIMED_OUT, 'Session timed out.');
  }
}

/** A client that closes with 1000 or 1001 ends its session. After any other end the session can be resumed. */
function detach({ session, gateway, socket }: Connection, code: number): void {
  if (!session || session.socket !== socket) return;
  session.socket = undefined;
  session.lostAt = gateway.world.clock.now();
  if (code === 1000 || code === 1001) session.valid = false;
  if (!session.valid) gateway.sessions.delete(session.id);
  gateway.changed();
}

function receive(connection: Connection, data: RawData): void {
  const { socket } = connection;
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) return socket.close(Close.DECODE_ERROR, 'Payload too large.');
  if (isTooFast(connection)) return socket.close(Close.RATE_LIMITED, 'Rate limited.');
  let payload: { op?: unknown; d?: unknown };
  try {
    payload = JSON.parse(text) as typeof payload;
  } catch {
    return socket.close(Close.DECODE_ERROR, 'Error while decoding payload.');
  }
  handle(connection, payload.op, payload.d);
}

function isTooFast(connection: Connection): boolean {
  const now = Date.now();
  connection.sentAt = connection.sentAt.filter((at) => at > now - 60_000);
  connection.sentAt.push(now);
  return connection.sentAt.length > MAX_SENDS_PER_MINUTE;
}

function handle(connection: Connection, op: unknown, d: unknown): void {
  const { socket, gateway } = connection;
  // Op 9 separates a session from its connection. The client may then resume or identify again on that connection.
  const session = connection.session?.socket === socket ? connection.session : undefined;
  switch (op) {
    case Op.HEARTBEAT:
      connection.lastBeatAt = Date.now();
      if (!gateway.holdAcks) sendRaw(socket, Op.HEARTBEAT_ACK, null);
      return;
    case Op.IDENTIFY:
      if (session) return socket.close(Close.ALREADY_AUTHENTICATED, 'Already authenticated.');
      return identify(connection, d as Json);
    case Op.RESUME:
      if (session) return socket.close(Close.ALREADY_AUTHENTICATED, 'Already authenticated.');
      return resume(connection, d as Json);
    case Op.PRESENCE:
    case Op.VOICE:
    case Op.REQUEST_MEMBERS:
      if (!session) return socket.close(Close.NOT_AUTHENTICATED, 'Not authenticated.');
      if (op === Op.PRESENCE) session.presence = d as Json;
      if (op === Op.REQUEST_MEMBERS) sendMembers(gateway, session, d as Json);
      return gateway.changed();
    default:
      socket.close(Close.UNKNOWN_OPCODE, 'Unknown opcode.');
  }
}
