import type { Redis } from 'ioredis';
import type { Clock } from '#shared/redis/clock.ts';
import type { RunRequest } from '#shared/run/request.ts';
import type { Fence } from '#shared/run/fence.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { WorkerConfig } from '../config.ts';
import type { ModelGateway } from '../gateway/gateway.ts';
import type { History } from '../history/history.ts';
import type { Prompts } from '../prompts/prompts.ts';
import type { Offer, Toolbox } from '../tools/toolbox.ts';
import type { RunSignals } from './interrupts.ts';
import type { Recorder } from './recorder.ts';

/** What all runs of a worker share. */
export interface LoopParts {
  config: WorkerConfig;
  redis: Redis;
  runs: RunStore;
  gateway: ModelGateway;
  toolbox: Toolbox;
  policy: PolicySource;
  prompts: Prompts;
}

/** A run while this worker holds it. */
export interface Run {
  id: string;
  epoch: number;
  /** Proof that this worker has the run. */
  fence: Fence;
  /** Redis' time: stored entries carry it, and this run's deadlines go by it. */
  clock: Clock;
  /** Name under which the history of its conversation is stored. */
  historyName: string;
  parts: LoopParts;
  request: RunRequest;
  state: RunState;
  recorder: Recorder;
  signals: RunSignals;
  /** Id of the last row of the journal that was looked at for what people said since. */
  heardTo: string;
  /** Whether somebody has said more since this was asked last. */
  wasSteered(): boolean;
  /** The earlier conversation, cut to size. */
  history: History;
  /** How many tokens it may take. */
  room: number;
  /** The stored summary of the talk, when it will soon be pushed out of the list of its messages. */
  fading: string | undefined;
  /** What the caller may use, read before each request to the model; undefined until this worker has read it. */
  offer: Offer | undefined;
}

/** The model that answers this run. */
export function modelOf(run: Run): string {
  return run.request.model ?? run.parts.config.MODEL_NAME;
}
