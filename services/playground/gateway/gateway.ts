import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { World } from '../state/world.ts';
import type { EventFaults } from './event-faults.ts';
import type { Session } from './session.ts';

export interface GatewayOptions {
  /** What HELLO tells; a client that misses a beat is closed after one and a half of it. */
  heartbeatIntervalMs: number;
  /** How long a bot must wait between two IDENTIFYs of one key; 0 turns the check off. */
  identifyWindowMs: number;
  maxConcurrency: number;
}

export interface Gateway extends AsyncDisposable {
  options: GatewayOptions;
  world: World;
  sessions: Map<string, Session>;
  eventFaults: EventFaults;
  /** While true, heartbeats get no answer: clients must take the connection for dead. */
  holdAcks: boolean;
  /** The address that clients connect to. */
  url(): string;
  /** Tells listeners that a session began, resumed or ended. */
  changed(): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes the connection of one session, or of all. 1006 cuts the socket without a word. */
  close(code: number, sessionId?: string): number;
  /** Sends an opcode to one session, or to all that are connected. */
  send(op: number, d: unknown, sessionId?: string): number;
  /** Op 9; when not resumable the session is forgotten. */
  invalidate(resumable: boolean, sessionId?: string): number;
}
