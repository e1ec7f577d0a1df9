import type { Clock } from './state/clock.ts';

/** How a playground is set up. Everything has a default. */
export interface PlaygroundOptions {
  host?: string;
  /** 0, the default, lets the system choose. */
  port?: number;
  /** Address that bots are told, when it is not the one it listens on. */
  url?: string;
  /** Token of the first bot; made up when absent. */
  token?: string;
  /** Where time comes from; real time unless given. `controls.advanceClock` pushes it forward. */
  clock?: Clock;
  /** Rate limits and the pause between IDENTIFYs; on unless false. */
  rateLimits?: boolean;
  heartbeatIntervalMs?: number;
  maxConcurrency?: number;
  /** Privileged intents that are switched on for the first bot; all unless given. */
  privilegedIntents?: number;
  /** Each message or edit of a bot is appended here as a line of JSON, on disk before it is answered. */
  witnessFile?: string;
  /** Hears of faults in the playground itself. */
  onFault?: (error: unknown) => void;
}
