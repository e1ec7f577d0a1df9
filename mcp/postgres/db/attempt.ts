import { DatabaseError } from 'pg';
import type { Session } from './session.ts';

/** A part of an answer, or why it is missing, in two or three words. */
export type Attempt<T> = { value: T } | { problem: string };

/** How long one part of an answer may take, and wait for a lock. */
const partMs = 1_500;
const partLockMs = 150;

const problems: Record<string, string> = {
  '42501': 'this role may not read it',
  '55P03': 'locked by another session',
  '57014': 'too slow',
};

/**
 * Does a part of the work so that its failure costs that part alone: the transaction goes on as if it had not been
 * tried. Lets through what ends the whole call.
 * @param ms how long one statement of it may take; a lower limit of the role holds
 */
export async function attempt<T>(session: Session, work: () => Promise<T>, ms = partMs): Promise<Attempt<T>> {
  await session.own(
    `SAVEPOINT part; SET LOCAL statement_timeout = ${Math.min(session.timeoutMs, ms)};
     SET LOCAL lock_timeout = ${Math.min(session.lockMs, partLockMs)}`,
  );
  try {
    return { value: await work() };
  } catch (error) {
    if (session.cut || !(error instanceof DatabaseError)) throw error;
    return { problem: problems[error.code ?? ''] ?? 'PostgreSQL cannot read it' };
  } finally {
    // This also takes the limits back.
    if (!session.cut) await session.own('ROLLBACK TO SAVEPOINT part');
  }
}
