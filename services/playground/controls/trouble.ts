import type { PlaygroundContext } from '../context.ts';
import type { EventFault } from '../gateway/event-faults.ts';
import { Op } from '../gateway/protocol.ts';
import { dispatchTo } from '../gateway/session.ts';
import type { Injection } from '../rest/faults.ts';
import type { Json } from '../state/types.ts';

/**
 * What goes wrong on Discord's side. Controls of the gateway affect all connected sessions unless one is named, and
 * return how many they affected.
 */
export interface TroubleControls {
  /** Makes requests fail, hang, break off or come late; see rest/faults.ts. */
  inject(injection: Injection): void;
  /**
   * Sends an event as it stands to all sessions. It is for events that nothing here brings about (webhooks, notices,
   * future events).
   */
  dispatch(t: string, d: Json): void;
  /** Drops, doubles or reorders events; see gateway/event-faults.ts. */
  injectEvent(fault: EventFault): void;
  /** Ends all injected faults, and answers heartbeats again. */
  clearFaults(): void;
  /** How many requests and events each kind of fault has hit. */
  faultHits(): Record<string, number>;
  /** Closes connections with this code. 1006, the default, cuts them without a close frame. */
  cut(code?: number, sessionId?: string): number;
  /** Op 7: asks clients to reconnect and resume. */
  reconnect(sessionId?: string): number;
  /** Op 9: tells that the session is invalid, and whether it can be resumed. */
  invalidate(resumable: boolean, sessionId?: string): number;
  /** Makes zombie connections: heartbeats get no answer while this is true. */
  holdHeartbeatAcks(hold: boolean): void;
  /** Leaves RESUME without an answer while this is true. */
  ignoreResumes(on: boolean): void;
  /** Op 1: asks clients for a heartbeat at once. */
  requestHeartbeat(sessionId?: string): number;
  /** Switches rate limits on or off. In both cases all windows start anew. */
  setRateLimits(on: boolean): void;
  /** Switches the bot's privileged intents (bits) in the "developer portal". The next IDENTIFY is judged by them. */
  setPrivilegedIntents(bits: number): void;
  /** Sets how many shards are recommended from now on. */
  recommendShards(shards: number): void;
  /** Sets how many IDENTIFYs of the day are left. */
  setIdentifiesLeft(left: number): void;
  /** Pushes the playground's clock forward: tokens expire, windows close. */
  advanceClock(ms: number): void;
}

export function troubleControls(context: PlaygroundContext): TroubleControls {
  const { gateway, faults, limits, clock, bot } = context;
  return {
    inject: (injection) => faults.inject(injection),
    dispatch(t, d) {
      for (const session of gateway.sessions.values()) if (session.valid) dispatchTo(session, t, d);
    },
    injectEvent: (fault) => gateway.eventFaults.add(fault),
    clearFaults() {
      faults.clear();
      gateway.eventFaults.clear();
      gateway.holdAcks = false;
      gateway.ignoreResumes = false;
    },
    faultHits: () => ({ ...faults.hits(), ...gateway.eventFaults.hits() }),
    cut: (code = 1006, sessionId) => gateway.close(code, sessionId),
    reconnect: (sessionId) => gateway.send(Op.RECONNECT, null, sessionId),
    invalidate: (resumable, sessionId) => gateway.invalidate(resumable, sessionId),
    holdHeartbeatAcks(hold) {
      gateway.holdAcks = hold;
    },
    ignoreResumes(on) {
      gateway.ignoreResumes = on;
    },
    requestHeartbeat: (sessionId) => gateway.send(Op.HEARTBEAT, null, sessionId),
    setRateLimits(on) {
      limits.enabled = on;
      limits.reset();
    },
    setPrivilegedIntents(bits) {
      bot.privilegedIntents = bits;
    },
    recommendShards(shards) {
      gateway.options.shards = shards;
    },
    setIdentifiesLeft(left) {
      bot.identifiesLeft = left;
    },
    advanceClock(ms) {
      clock.advance(ms);
      context.changed();
    },
  };
}
