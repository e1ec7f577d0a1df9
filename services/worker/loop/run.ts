import type { Redis } from 'ioredis';
import type { Queues } from '#shared/queues.ts';
import type { WorkerConfig } from '../config.ts';
import type { ModelGateway } from '../gateway/gateway.ts';
import type { HistoryLine } from '../history/history.ts';
import type { Offer, Toolbox } from '../tools/toolbox.ts';
import type { RunSignals } from './interrupts.ts';
import type { Recorder } from './recorder.ts';
import type { RunState } from './state.ts';

/** What all runs of a worker share. */
export interface LoopParts {
  config: WorkerConfig;
  redis: Redis;
  queues: Queues;
  gateway: ModelGateway;
  toolbox: Toolbox;
  systemPrompt: string;
}

/** A run while this worker holds it. */
export interface Run {
  id: string;
  epoch: number;
  parts: LoopParts;
  state: RunState;
  recorder: Recorder;
  signals: RunSignals;
  /** The earlier conversation, cut to size. */
  history: HistoryLine[];
  /** What the caller may use, read before each question to the model; undefined until this worker has read it. */
  offer: Offer | undefined;
}

/** The model that answers this run. */
export function modelOf(run: Run): string {
  return run.state.request.model ?? run.parts.config.MODEL_NAME;
}
