import type { Clock } from './state/clock.ts';

/** How a playground is set up. Everything has a default. */
export interface PlaygroundOptions {
  host?: string;
  /** 0, the default, lets the system choose. */
  port?: number;
  /** The address that bots are told, when it differs from the one that it listens on. */
  url?: string;
  /** The token of the first bot; made up when absent. */
  token?: string;
  /** Where the time comes from; real time by default. `controls.advanceClock` pushes it forward. */
  clock?: Clock;
  /** Whether there are rate limits and the pause between IDENTIFYs; true by default. */
  rateLimits?: boolean;
  heartbeatIntervalMs?: number;
  maxConcurrency?: number;
  /** How many shards are recommended; one by default. */
  shards?: number;
  /** Privileged intents that are switched on for the first bot; all by default. */
  privilegedIntents?: number;
  /**
   * Each message or edit of a bot is appended to this file as a line of JSON. The line is on disk before the bot gets
   * its answer.
   */
  witnessFile?: string;
  /** A folder in which messages, files, people and channels are kept, so that they outlive the playground. */
  dataFolder?: string;
  /** Called for each fault of the playground itself. */
  onFault?: (error: unknown) => void;
}
