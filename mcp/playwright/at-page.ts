import { setTimeout as delay } from 'node:timers/promises';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { orAbort } from '#mcp/fetch/network.ts';
import type { Session } from './session.ts';
import { keyOf, type Sessions } from './sessions.ts';
import type { Tab } from './tabs.ts';

const ANSWER_MS = 1_500;
const CLOSE_MS = 6_000;

/** One call's turn with its run's browser. */
export interface Turn {
  session: Session;
  /** Aborts when the caller is gone, the time is over, or the page has broken down. */
  signal: AbortSignal;
  call: ToolContext;
}

/**
 * Does a call's work when its turn has come, within its time. What goes wrong with the page or the browser is told in a
 * ToolError, and whatever cannot be used any more is closed, so that the next call can begin anew.
 */
export async function atPage<T>(
  sessions: Sessions,
  session: Session,
  call: ToolContext,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  return session.inTurn(call.signal, async () => {
    session.gate.refill();
    session.tabs.expect(true);
    const deadline = AbortSignal.timeout(sessions.rules.timeoutMs);
    const signal = AbortSignal.any([call.signal, deadline, session.tabs.broken()]);
    try {
      return await orAbort(work({ session, signal, call }), signal);
    } catch (error) {
      if (call.signal.aborted) throw error;
      throw await explained(error, sessions, session, call, deadline.aborted);
    } finally {
      session.tabs.expect(false);
    }
  });
}

async function explained(
  error: unknown,
  sessions: Sessions,
  session: Session,
  call: ToolContext,
  late: boolean,
): Promise<Error> {
  const tab = session.tabs.current();
  const slow = error instanceof Error && error.name === 'TimeoutError';
  if (session.dead()) {
    await sessions.close(keyOf(call));
    return new ToolError(
      'The browser ended unexpectedly, and its pages are gone. Open the page again with browser_navigate.',
    );
  }
  if (tab?.crashed === true) {
    await shut(sessions, tab, call);
    const why = sessions.browser.wasShort()
      ? 'took more memory than it may'
      : 'broke down (it may have taken too much memory)';
    return new ToolError(`The page ${why} and was closed. Do without it, or open another one with browser_navigate.`);
  }
  if (tab !== undefined && (late || slow || session.tabs.flooded()) && !(await answers(tab))) {
    const flooded = session.tabs.flooded();
    await shut(sessions, tab, call);
    const why = flooded ? 'kept showing dialogs' : 'did not respond';
    return new ToolError(`The page ${why} and was closed. Do without it, or open another one with browser_navigate.`);
  }
  if (late)
    return new ToolError(
      `The page was not ready within ${sessions.rules.timeoutMs / 1000} s. Look at it with browser_snapshot, or do without it.`,
    );
  if (error instanceof ToolError) return error;
  if (slow) return new ToolError('The page did not react in time. Look at it with browser_snapshot, and try again.');
  // Playwright's message goes on with a log that holds what was typed.
  return new Error(error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown failure of the browser');
}

async function answers({ session }: Tab): Promise<boolean> {
  const answer = session.send('Runtime.evaluate', { expression: '0' }).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, delay(ANSWER_MS, false, { ref: false })]);
}

/** Closes a page that cannot be used; the run's whole browser, or all of Chromium, where that does not help. */
async function shut(sessions: Sessions, tab: Tab, call: ToolContext): Promise<void> {
  const within = (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      delay(CLOSE_MS, false, { ref: false }),
    ]);
  if (await within(tab.page.close())) return;
  if (await within(sessions.close(keyOf(call)))) return;
  await sessions.browser.end();
}
