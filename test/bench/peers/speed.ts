import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { inTurns, load, rounds, type Load } from '../measures.ts';
import { checkAnswer, type Answer, type Pipeline } from '../pipelines.ts';
import { memoryMb } from '../processes.ts';
import type { End, Question } from './agent.ts';
import { askDirectly } from './dbos.ts';
import type { Played, System } from './system.ts';

export interface SpeedSizes {
  warmUp: number;
  serial: number;
  rounds: number;
  /** The runs of one round, for each number in flight. There are fewer when the time is over before. */
  runs: Map<number, number>;
  roundMs: number;
  warmUpMs: number;
}

/** A run that takes longer counts as lost and ends the bench. */
const lostMs = 60_000;

/** One of the compared ways, and the server that it depends on. */
export interface Candidate extends Pipeline {
  server: number;
}

/** By candidate. */
export interface Speed {
  name: string;
  idle: Answer[];
  /** By the number in flight, then by round. */
  loaded: Map<number, Load[]>;
  memory: { server: number; worker: number };
}

/** Measures all candidates in turns. */
export async function measureSpeed(
  all: Candidate[],
  sizes: SpeedSizes,
  modelPid: number,
  say: (text: string) => void,
): Promise<Speed[]> {
  const candidates = all.map(bounded);
  say('speed: warming up');
  for (const each of candidates) await load(each, sizes.warmUp, 32, {}, sizes.warmUpMs);
  say('speed: one at a time');
  const idle = await inTurns(candidates, sizes.serial);
  const loaded = candidates.map(() => new Map<number, Load[]>());
  for (const [inFlight, runs] of sizes.runs) {
    say(`speed: ${inFlight} in flight`);
    const results = await rounds(candidates, sizes.rounds, (each) =>
      load(each, runs, inFlight, { server: each.server, model: modelPid }, sizes.roundMs),
    );
    for (const [at, loads] of results.entries()) loaded[at]?.set(inFlight, loads);
  }
  return candidates.map((each, at) => ({
    name: each.name,
    idle: idle[at] ?? [],
    loaded: loaded[at] ?? new Map<number, Load[]>(),
    memory: { server: memoryMb(each.server), worker: memoryMb(each.pids.worker) },
  }));
}

function bounded(candidate: Candidate): Candidate {
  return {
    ...candidate,
    async ask(text) {
      let timer: NodeJS.Timeout | undefined;
      const lost = new Promise<never>((_, reject) => {
        const error = new Error(`${candidate.name}: a run has not ended after ${lostMs / 1_000} s`);
        timer = setTimeout(() => reject(error), lostMs);
      });
      return Promise.race([candidate.ask(text), lost]).finally(() => clearTimeout(timer));
    },
  };
}

/**
 * The ways to use one peer: through its queue or ingress, and also directly when its worker has an address of its own.
 */
export async function candidatesOf(
  system: System,
  played: Played,
  tool: number,
  expected: string,
): Promise<AsyncDisposable & { candidates: Candidate[] }> {
  const worker = await system.startWorker(played);
  const candidate = (name: string, ask: (question: Question) => Promise<End>): Candidate => ({
    name,
    server: system.server,
    pids: { worker: worker.pid, tool },
    async ask(text) {
      const start = performance.now();
      const end = await ask({ id: randomUUID(), text });
      const ms = performance.now() - start;
      checkAnswer(end.text, expected);
      return { ms, toolMs: end.toolMs, toolOverheadMs: end.callMs - end.toolMs };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const { direct } = worker.addresses;
  const pool = direct === undefined ? undefined : new Pool(direct, { connections: 128 });
  return {
    candidates: [
      candidate(system.name, ({ id, text }) => system.ask(id, text)),
      ...(pool ? [candidate(`${system.name} direct`, (question) => askDirectly(pool, question))] : []),
    ],
    async [Symbol.asyncDispose]() {
      await pool?.close();
      worker.signal('SIGTERM');
      const force = setTimeout(() => worker.signal('SIGKILL'), 10_000);
      await worker.gone;
      clearTimeout(force);
    },
  };
}
