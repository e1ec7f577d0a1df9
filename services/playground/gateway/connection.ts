import type { WebSocket } from 'ws';
import type { Gateway } from './gateway.ts';
import type { Session } from './session.ts';

/** One websocket: first nameless, then the connection of a session. */
export interface Connection {
  gateway: Gateway;
  socket: WebSocket;
  session: Session | undefined;
  lastBeatAt: number;
  sentAt: number[];
}
