import type { WebSocket } from 'ws';
import type { Gateway } from './gateway.ts';
import type { Session } from './session.ts';

/** One websocket. It has no session until IDENTIFY or RESUME gives it one. */
export interface Connection {
  gateway: Gateway;
  socket: WebSocket;
  session: Session | undefined;
  lastBeatAt: number;
  sentAt: number[];
}
