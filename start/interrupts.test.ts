import { afterEach, expect, test, vi } from 'vitest';
import { watchInterrupts } from './interrupts.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = signals.map((name) => process.listeners(name));

afterEach(() => {
  vi.restoreAllMocks();
  for (const [at, name] of signals.entries()) {
    for (const listener of process.listeners(name)) {
      if (!before[at]?.includes(listener)) process.off(name, listener);
    }
  }
});

test('a signal that comes twice at once asks for an orderly end; a later one forces it', () => {
  const force = vi.fn<() => void>();
  const interrupts = watchInterrupts(force);
  process.emit('SIGTERM');
  process.emit('SIGTERM');
  expect(interrupts.signal.aborted).toBe(true);
  expect(force).not.toHaveBeenCalled();
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 2_000);
  process.emit('SIGINT');
  expect(force).toHaveBeenCalledOnce();
});
