import { startRigProcess, type RigProcess } from '#test/faults/rig/process.ts';
import type { End } from './agent.ts';

/** Where the worker finds the played model and the tool. */
export interface Played {
  modelUrl: string;
  toolUrl: string;
}

/** One durable system. Its server stays up; its one worker is killed and restarted. */
export interface System extends AsyncDisposable {
  name: string;
  /** The server's process; its children belong to it. */
  server: number;
  /** Resolves when the worker takes runs. */
  startWorker(played: Played): Promise<RigProcess>;
  /** Starts a run with this id and waits for its end, whatever happens to workers. Rejects when the run has failed. */
  ask(id: string, text: string): Promise<End>;
  /** How many runs have waited for a person so far. */
  neededHuman(): Promise<number>;
}

/** Starts a worker of a peer as a process. */
export function startPeerWorker(file: string, played: Played, env: Record<string, string>): Promise<RigProcess> {
  return startRigProcess(`test/bench/peers/${file}`, {
    NODE_ENV: 'production',
    MODEL_URL: played.modelUrl,
    TOOL_URL: played.toolUrl,
    ...env,
  });
}
