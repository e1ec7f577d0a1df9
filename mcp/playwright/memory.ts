import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

/** Milliseconds between two looks; a page can take some hundred megabytes in between. */
const EVERY_MS = 400;
const PAGE_BYTES = 4096;

interface Held {
  pid: number;
  bytes: number;
  /** `browser` is the one that started the others, `renderer` holds pages. */
  type: string;
}

/**
 * Ends the process of the largest page when all of Chromium holds more than `maxBytes`, so that a hostile page costs
 * itself and not the machine. `ended` is called before. Works where /proc is there. Dispose stops it.
 */
export function watchMemory(browser: Browser, maxBytes: number, ended: () => void): Disposable {
  let stopped = false;
  const timer = setInterval(() => {
    void look().catch(() => undefined);
  }, EVERY_MS);
  timer.unref();
  let looking = false;

  async function look(): Promise<void> {
    if (looking || stopped) return;
    looking = true;
    try {
      const processes = await processesOf(browser);
      const total = processes.reduce((sum, { bytes }) => sum + bytes, 0);
      const [largest] = processes.filter(({ type }) => type === 'renderer').toSorted((a, b) => b.bytes - a.bytes);
      if (stopped || total <= maxBytes || largest === undefined) return;
      ended();
      process.kill(largest.pid, 'SIGKILL');
    } finally {
      looking = false;
    }
  }

  return {
    [Symbol.dispose]() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** All of Chromium's processes, with what each holds for itself. */
export async function processesOf(browser: Browser): Promise<Held[]> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const held = processInfo.map(async ({ id, type }) => ({
      pid: id,
      bytes: await ownBytes(id),
      type,
    }));
    return await Promise.all(held);
  } finally {
    await session.detach().catch(() => undefined);
  }
}

/** What a process holds without what it shares with others (proc_pid_statm(5)); 0 when it is gone. */
async function ownBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  const [, resident = 0, shared = 0] = text.split(' ').map(Number);
  return Math.max(0, resident - shared) * PAGE_BYTES;
}
