import { OperatorError } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { urgency, type Urgency } from './pacer.ts';

const log = createLogger('discord');

/**
 * Discord bans an address for an hour after 10,000 answers 401, 403 or 429 within ten minutes. Long before that
 * something is wrong. Then only answers are sent, and in the end nothing.
 */
export interface InvalidRequestGuard {
  /** Throws while requests of this urgency are held back. */
  admit(level: Urgency, now?: number): void;
  /** Counts an answer of Discord's. `scope` is its header X-RateLimit-Scope. */
  note(status: number, scope: string | null, now?: number): void;
}

const windowMs = 600_000;

export function createInvalidRequestGuard(limits = { answersOnly: 1_000, nothing: 5_000 }): InvalidRequestGuard {
  let times: number[] = [];

  function count(now: number): number {
    const [oldest] = times;
    if (oldest !== undefined && now - oldest >= windowMs) times = times.filter((time) => now - time < windowMs);
    return times.length;
  }

  return {
    admit(level, now = Date.now()) {
      const refused = count(now);
      const limit = level === urgency.answer ? limits.nothing : limits.answersOnly;
      if (refused < limit) return;
      throw new OperatorError('discord-refuses', 'Discord refuses too many requests; waiting before asking more.');
    },
    note(status, scope, now = Date.now()) {
      // Limits that others used up are not held against us (docs: Rate Limits, Invalid Request Limit).
      if (![401, 403, 429].includes(status) || (status === 429 && scope === 'shared')) return;
      times.push(now);
      const refused = count(now);
      if (refused === limits.answersOnly || refused === limits.nothing) {
        log.error(
          { refused },
          'Discord refuses many requests (401, 403, 429): look for missing permissions or a wrong token',
        );
      }
    },
  };
}
