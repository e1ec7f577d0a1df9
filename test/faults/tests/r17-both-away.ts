import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultTest } from '../suite.ts';
import { killInCalls } from './r2-writes.ts';

/** Milliseconds: a killed worker's runs go on after about 4,000. */
const lateMs = 6_000;

/**
 * A worker dies inside a write and its tool-runner with it, which stays away until the run has gone on without it. Some
 * models take so long that it is back when they ask for the call once more.
 */
export const bothAway: FaultTest = {
  name: 'R17',
  title: 'worker and tool-runner die together, the tool-runner stays away longer than the run',
  full: 100,
  quick: 4,
  run: (options) =>
    killInCalls(options, {
      test: 'R17 tool-runner back late',
      slowModelMs: lateMs,
      runnerToo: () => true,
      beforeItIsBack: () => sleep(lateMs),
    }),
};
