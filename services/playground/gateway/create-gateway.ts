import { WebSocketServer } from 'ws';
import type { World } from '../state/world.ts';
import { deliver } from './delivery.ts';
import { createEventFaults } from './event-faults.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { Op } from './protocol.ts';
import { serveConnection } from './serve-connection.ts';
import { sendRaw, type Session } from './session.ts';

/** Serves websocket connections and sends the world's events to the sessions that may have them. */
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
    ignoreResumes: false,
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
