import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { World } from '../state/world.ts';
import type { EventFaults } from './event-faults.ts';
import type { Session } from './session.ts';

export interface GatewayOptions {
  /** The interval that HELLO tells. A client that sends no heartbeat for one and a half intervals is closed. */
  heartbeatIntervalMs: number;
  /** How long a bot must wait between two IDENTIFYs with the same rate-limit key; 0 turns the check off. */
  identifyWindowMs: number;
  maxConcurrency: number;
  /** How many shards are recommended. */
  shards: number;
}

export interface Gateway extends AsyncDisposable {
  options: GatewayOptions;
  world: World;
  sessions: Map<string, Session>;
  eventFaults: EventFaults;
  /** While true, heartbeats get no answer, so clients must believe that the connection is dead. */
  holdAcks: boolean;
  /** While true, RESUME gets no answer. */
  ignoreResumes: boolean;
  /** The address that clients connect to. */
  url(): string;
  /** Tells listeners that a session began, resumed or ended. */
  changed(): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes the connection of one session, or of all. 1006 cuts the socket without a close frame. */
  close(code: number, sessionId?: string): number;
  /** Sends an opcode to one session, or to all that are connected. */
  send(op: number, d: unknown, sessionId?: string): number;
  /** Op 9. A session that is not resumable is forgotten. */
  invalidate(resumable: boolean, sessionId?: string): number;
}
