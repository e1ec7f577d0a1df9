import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Bot, Json } from '../state/types.ts';
import { Op, type Payload } from './protocol.ts';

/** How many events we assume that Discord keeps for a session that lost its connection, and for how long. */
const MAX_KEPT = 20_000;
export const RESUMABLE_MS = 300_000;

/** What one IDENTIFY begins. It outlives its connection, so that RESUME can replay what was missed. */
export interface Session {
  id: string;
  bot: Bot;
  intents: number;
  shard: [index: number, count: number];
  seq: number;
  /** Events that were sent, or would have been, oldest first. */
  kept: { s: number; payload: string }[];
  socket: WebSocket | undefined;
  /** When the connection was lost. The session can be resumed for a while after that. */
  lostAt: number | undefined;
  presence: Json | undefined;
  /** False once it can no longer be resumed. */
  valid: boolean;
  resumes: number;
}

export function createSession(bot: Bot, intents: number, shard: [number, number], socket: WebSocket): Session {
  return {
    id: randomBytes(16).toString('hex'),
    bot,
    intents,
    shard,
    seq: 0,
    kept: [],
    socket,
    lostAt: undefined,
    presence: undefined,
    valid: true,
    resumes: 0,
  };
}

export function sendRaw(socket: WebSocket, op: number, d: unknown): void {
  const payload: Payload = { op, d, s: null, t: null };
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(payload));
}

/** Gives the event the next number, keeps it for a replay, and sends it, unless it is to be `lost`. */
export function dispatchTo(session: Session, t: string, d: unknown, lost = false): void {
  session.seq += 1;
  const body: Payload = { op: Op.DISPATCH, d, s: session.seq, t };
  const payload = JSON.stringify(body);
  session.kept.push({ s: session.seq, payload });
  if (session.kept.length > MAX_KEPT) session.kept.shift();
  if (!lost && session.socket?.readyState === session.socket?.OPEN) session.socket?.send(payload);
}

/** Sends the events after `seq` again, in order. False when they are no longer kept, or `seq` was never sent. */
export function replay(session: Session, seq: number): boolean {
  const oldest = session.kept[0]?.s ?? session.seq + 1;
  if (seq > session.seq || seq < oldest - 1) return false;
  for (const { s, payload } of session.kept) if (s > seq) session.socket?.send(payload);
  return true;
}
