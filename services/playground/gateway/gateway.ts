import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { World } from '../state/world.ts';
import { serveConnection } from './connection.ts';
import { deliver } from './delivery.ts';
import { createEventFaults, type EventFaults } from './event-faults.ts';
import { Op } from './protocol.ts';
import { sendRaw, type Session } from './session.ts';

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

/** Serves websocket connections and gives the world's events to the sessions that may have them. */
export function createGateway(world: World, options: GatewayOptions, url: () => string, changed: () => void): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const eventFaults = createEventFaults();
  const unsubscribe = world.subscribe((event) => deliver(world, sessions.values(), eventFaults, event));

  function chosen(sessionId?: string): Session[] {
    const all = [...sessions.values()].filter((session) => session.socket !== undefined);
    return sessionId === undefined ? all : all.filter((session) => session.id === sessionId);
  }

  const gateway: Gateway = {
    options,
    world,
    sessions,
    eventFaults,
    holdAcks: false,
    url,
    changed,
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) => serveConnection(gateway, webSocket, request));
    },
    close(code, sessionId) {
      const hit = chosen(sessionId);
      for (const { socket } of hit) {
        if (code === 1006) socket?.terminate();
        else socket?.close(code);
      }
      return hit.length;
    },
    send(op, d, sessionId) {
      const hit = chosen(sessionId);
      for (const { socket } of hit) if (socket) sendRaw(socket, op, d);
      return hit.length;
    },
    invalidate(resumable, sessionId) {
      const hit = chosen(sessionId);
      for (const session of hit) {
        if (session.socket) sendRaw(session.socket, Op.INVALID_SESSION, resumable);
        session.socket = undefined;
        session.lostAt = world.clock.now();
        session.valid = resumable;
        if (!resumable) sessions.delete(session.id);
      }
      changed();
      return hit.length;
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gateway;
}
