import type { ToolContext } from '#mcp/kit.ts';
import { plainText } from './text.ts';

/** Milliseconds between two progress messages that are passed on. */
const pauseMs = 100;

interface Progress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** Passes a server's progress on, no faster than somebody can read it; messages in between are left out. */
export function throttleProgress(tell: ToolContext['progress']): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ progress, total, message }) => {
    const now = performance.now();
    if (now - last < pauseMs) return;
    last = now;
    tell(plainText(message ?? '', 200), progress, total);
  };
}
