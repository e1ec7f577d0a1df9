import type { Talk } from './talk.ts';

/** What a part of the setup is given. */
export interface PartContext {
  /** The settings that hold now: the environment's, then those of the file. */
  now: Record<string, string | undefined>;
  /** Keeps settings; undefined takes one out. */
  keep: (settings: Record<string, string | undefined>) => void;
  /** Ports of model servers on this machine that are not the usual ones, by the server's name. */
  ports?: Record<string, number>;
}

/** One part of the setup: it asks, tries, and keeps what works. */
export type Part = (talk: Talk, context: PartContext) => Promise<void>;
