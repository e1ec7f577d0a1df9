import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { openSession, type Session, type SessionRules } from './session.ts';
import type { SharedBrowser } from './shared-browser.ts';

export interface SessionsRules extends SessionRules {
  /** Runs that have a browser at once. */
  maxSessions: number;
  /** Milliseconds without a call after which a run's browser is closed. */
  idleMs: number;
}

/** The browsers of all runs, each with what it has open. */
export interface Sessions extends AsyncDisposable {
  rules: SessionsRules;
  browser: SharedBrowser;
  /** The run's browser, opened when it has none. Throws a ToolError when there is no room. */
  open(call: ToolContext): Promise<Session>;
  /** The run's browser. Throws a ToolError that says what to do when it has none, or has it no longer. */
  find(call: ToolContext): Promise<Session>;
  /** Closes a run's browser; `why` is told to the run's next call that needs it. Returns false when it had none. */
  close(run: string, why?: string): Promise<boolean>;
}

/** Callers without a run are alone with their server, and share one browser. */
const LONE = '';
/** A browser that was not used for so many milliseconds gives way to another run when all are taken. */
const GIVES_WAY_MS = 20_000;
const MOST_REMEMBERED = 500;

export const keyOf = ({ run }: Pick<ToolContext, 'run'>): string => run ?? LONE;

export function createSessions(browser: SharedBrowser, rules: SessionsRules): Sessions {
  const sessions = new Map<string, Promise<Session>>();
  /** Why runs lost their browsers. */
  const lost = new Map<string, string>();
  const timer = setInterval(() => void closeIdle(), Math.max(50, Math.min(rules.idleMs / 4, 15_000)));
  timer.unref();

  async function alive(key: string): Promise<Session | undefined> {
    const session = await sessions.get(key)?.catch(() => undefined);
    if (session?.dead() !== true) return session;
    await close(key, 'The browser ended unexpectedly, and its pages are gone.');
    return undefined;
  }

  async function close(key: string, why?: string): Promise<boolean> {
    const closing = sessions.get(key);
    sessions.delete(key);
    if (why === undefined) lost.delete(key);
    else remember(key, why);
    const session = await closing?.catch(() => undefined);
    await session?.[Symbol.asyncDispose]();
    return session !== undefined;
  }

  function remember(key: string, why: string): void {
    lost.set(key, why);
    const [oldest] = lost.keys();
    if (lost.size > MOST_REMEMBERED && oldest !== undefined) lost.delete(oldest);
  }

  async function closeIdle(): Promise<void> {
    for (const [key, opening] of sessions) {
      const session = await opening.catch(() => undefined);
      if (session === undefined || session.busy > 0) continue;
      if (performance.now() - session.usedAt < rules.idleMs) continue;
      await close(key, 'The page was closed because it was not used for a while.');
    }
  }

  async function makeRoom(): Promise<void> {
    const settled = await Promise.all(
      [...sessions].map(async ([key, opening]) => ({ key, session: await opening.catch(() => undefined) })),
    );
    const idle = settled.flatMap(({ key, session }) => (session?.busy === 0 ? [{ key, usedAt: session.usedAt }] : []));
    const [longest] = idle.toSorted((a, b) => a.usedAt - b.usedAt);
    if (longest === undefined || performance.now() - longest.usedAt < GIVES_WAY_MS)
      throw new ToolError('All browsers are in use by other questions. Try again in a minute, or use fetch.');
    await close(longest.key, 'The page was closed to make room for others.');
  }

  return {
    rules,
    browser,
    async open(call) {
      const key = keyOf(call);
      const there = await alive(key);
      if (there) return there;
      while (sessions.size >= rules.maxSessions && !sessions.has(key)) await makeRoom();
      lost.delete(key);
      const opening = sessions.get(key) ?? browser.get().then((running) => openSession(running, rules));
      sessions.set(key, opening);
      try {
        return await opening;
      } catch (error) {
        if (sessions.get(key) === opening) sessions.delete(key);
        throw error;
      }
    },
    async find(call) {
      const key = keyOf(call);
      const there = await alive(key);
      if (there) return there;
      const why = lost.get(key) ?? 'No page is open.';
      throw new ToolError(`${why} Open one with browser_navigate.`);
    },
    close,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.allSettled([...sessions.keys()].map((key) => close(key)));
    },
  };
}
