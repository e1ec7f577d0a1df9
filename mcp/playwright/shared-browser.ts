import { chromium, type Browser } from 'playwright-core';
import { ToolError } from '#mcp/kit.ts';
import { isRoot, noChromium, nowhere, switches } from './chromium.ts';
import { processesOf, watchMemory } from './memory.ts';

export interface BrowserSettings {
  executable: string | undefined;
  sandbox: 'auto' | 'on' | 'off';
  /** What all of Chromium may hold. */
  memoryBytes: number;
  /** Gets a line for the operator. */
  report: (line: string) => void;
}

/** One Chromium for all runs. It is started by the first call that needs it, and anew when it has died. */
export interface SharedBrowser extends AsyncDisposable {
  /** Rejects with a ToolError when it cannot be started. */
  get(): Promise<Browser>;
  /** True for a while after a page's process was ended because of its memory. */
  wasShort(): boolean;
  /** Resolves when Chromium could be started; rejects with a sentence for the operator. */
  check(): Promise<void>;
  /** Ends it: nothing of it answers any more. */
  end(): Promise<void>;
}

const START_MS = 60_000;
/** A Chromium that was asked to end and is still there after so many milliseconds is killed. */
const END_MS = 5_000;
const SHORT_MS = 10_000;

export function createSharedBrowser(settings: BrowserSettings): SharedBrowser {
  let running: Promise<Browser> | undefined;
  let shortAt = -Infinity;
  let why: string | undefined;
  let closed = false;
  /** The process of each Chromium that runs. */
  const pids = new WeakMap<Browser, number>();

  async function start(): Promise<Browser> {
    const browser = await launch(settings);
    const processes = await processesOf(browser).catch(() => []);
    const main = processes.find(({ type }) => type === 'browser');
    if (main) pids.set(browser, main.pid);
    const watch = watchMemory(browser, settings.memoryBytes, () => {
      shortAt = performance.now();
      settings.report('a page held more than BROWSER_MEMORY_MB allows, and was ended');
    });
    const self = running;
    browser.once('disconnected', () => {
      watch[Symbol.dispose]();
      if (running === self) running = undefined;
      if (!closed) settings.report('Chromium has ended; the next call starts it again');
    });
    return browser;
  }

  async function end(): Promise<void> {
    const ending = running;
    running = undefined;
    const browser = await ending?.catch(() => undefined);
    if (browser) await closeOrKill(browser, pids.get(browser));
  }

  return {
    async get() {
      running ??= start();
      const mine = running;
      try {
        const browser = await mine;
        why = undefined;
        return browser;
      } catch (error) {
        if (running === mine) running = undefined;
        why = reasonOf(error, settings);
        settings.report(why);
        throw new ToolError('The browser cannot be started. Tell the user; fetch may read the page in its place.', {
          cause: error,
        });
      }
    },
    wasShort: () => performance.now() - shortAt < SHORT_MS,
    async check() {
      if (why !== undefined) throw new Error(why);
    },
    end,
    async [Symbol.asyncDispose]() {
      closed = true;
      await end();
    },
  };
}

async function closeOrKill(browser: Browser, pid: number | undefined): Promise<void> {
  const late = setTimeout(() => {
    // Playwright waits half a minute for a Chromium that is busy.
    kill(pid);
  }, END_MS);
  await browser.close().catch(() => undefined);
  clearTimeout(late);
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** With its sandbox where that works: not as root, and not where the machine gives ordinary users no namespaces. */
async function launch({ executable, sandbox, report }: BrowserSettings): Promise<Browser> {
  if (executable === undefined) throw new Error(noChromium);
  const start = (chromiumSandbox: boolean): Promise<Browser> =>
    chromium.launch({
      executablePath: executable,
      chromiumSandbox,
      args: switches,
      proxy: { server: nowhere, bypass: '<-loopback>' },
      timeout: START_MS,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  if (sandbox === 'off' || (sandbox === 'auto' && isRoot())) return start(false);
  try {
    return await start(true);
  } catch (error) {
    if (sandbox === 'on' || !isAboutSandbox(error)) throw error;
    report('Chromium runs without its sandbox: this machine gives its user no namespaces');
    return start(false);
  }
}

function isAboutSandbox(error: unknown): boolean {
  return error instanceof Error && /sandbox|namespace/i.test(error.message);
}

/** Playwright's messages carry the whole log of Chromium; the operator gets what it means. */
function reasonOf(error: unknown, { executable, sandbox }: BrowserSettings): string {
  if (executable === undefined) return noChromium;
  if (sandbox === 'on' && isAboutSandbox(error))
    return `Chromium cannot use its sandbox ${isRoot() ? 'as root. Run it as another user' : 'here: its user has no namespaces. Allow them'}, or set BROWSER_SANDBOX=off`;
  return `Chromium (${executable}) does not start. Run it by hand to see why`;
}
