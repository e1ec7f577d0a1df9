import { totalmem } from 'node:os';

/** Bytes that this process may hold: its container's limit, or the machine's memory. */
function limit(): number {
  const constrained = process.constrainedMemory();
  // 0 means unknown; a cgroup without a limit says a number larger than any machine.
  return Math.min(constrained === 0 ? Infinity : constrained, totalmem());
}

/** True when this process holds so much that its container may end it soon. */
export function isNearLimit(): boolean {
  return process.memoryUsage.rss() > 0.85 * limit();
}

/**
 * Returns `wanted` bytes for one purpose, or a quarter of what the process may hold where that is less: V8 takes up to
 * half of it for the main heap, and the program itself needs the rest.
 */
export function roomFor(wanted: number): number {
  return Math.min(wanted, Math.floor(limit() / 4));
}
