import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePlan } from '#test/faults/played/plan.ts';
import { keyedCase } from './effect-tool.ts';
import type { Played, System } from './system.ts';

export interface KillSizes {
  kills: number;
  /** After this many milliseconds no further worker is killed. */
  forMs: number;
  /** How many milliseconds runs have to end after the last kill. */
  settleMs: number;
  inFlight: number;
}

/** The damage that the kills did, by the witness of the effects and by what the askers got. */
export interface Damage {
  kills: number;
  runs: number;
  /** How many runs were inside their tool call when the worker was killed. */
  hitInTool: number;
  /** How many of these had more executions than one, with a tool that does not remember keys and with one that does. */
  twice: number;
  keyedRuns: number;
  keyedTwice: number;
  /** How many were answered although the effect was never seen. */
  missing: number;
  failed: number;
  /** How many were neither answered nor failed when the time was over. */
  lost: number;
  human: number;
  /** How many milliseconds each run took, and each of the runs that a kill hit. */
  runMs: number[];
  metMs: number[];
}

/** A worker that ends no run is killed anyway after this many milliseconds. */
const maxUpMs = 12_000;

interface Asked {
  id: string;
  at: number;
  endAt?: number;
  outcome?: 'answered' | 'failed';
}

/**
 * Kills the worker of a system under load again and again and restarts it at once each time. Then lets all runs end.
 */
export async function killWorkers(
  system: System,
  played: Played,
  witness: string,
  sizes: KillSizes,
  say: (text: string) => void,
): Promise<Damage> {
  const asked: Asked[] = [];
  const over = new AbortController();
  let worker = await system.startWorker(played);
  const load = Array.from({ length: sizes.inFlight }, async (_, place) => {
    // The second half uses a tool that knows keys.
    const name = place % 2 === 0 ? 'plain-' : keyedCase;
    while (!over.signal.aborted) await askOne(system, name, asked, say);
  });
  const kills: number[] = [];
  const until = performance.now() + sizes.forMs;
  while (kills.length < sizes.kills && performance.now() < until) {
    await someProgress(asked, Math.min(until, performance.now() + maxUpMs));
    worker.signal('SIGKILL');
    kills.push(Date.now());
    await worker.gone;
    worker = await system.startWorker(played);
  }
  over.abort();
  await Promise.race([Promise.all(load), sleep(sizes.settleMs, undefined, { ref: false })]);
  const human = await system.neededHuman();
  worker.signal('SIGKILL');
  await worker.gone;
  return judge(asked, kills, readExecutions(witness), human);
}

/**
 * Waits until some runs have ended, and then for a random moment. Kills right after each start would only show that
 * nothing progresses without a worker.
 */
async function someProgress(asked: Asked[], until: number): Promise<void> {
  const ended = () => asked.filter(({ endAt }) => endAt !== undefined).length;
  const enough = ended() + 1 + Math.floor(Math.random() * 8);
  while (ended() < enough && performance.now() < until) await sleep(20);
  await sleep(Math.random() * 200);
}

async function askOne(system: System, name: string, asked: Asked[], say: (text: string) => void): Promise<void> {
  const run: Asked = { id: `${name}${randomUUID()}`, at: Date.now() };
  asked.push(run);
  const text = writePlan({ case: run.id, calls: [{ tool: 'post', ms: 150, times: 1 }], lines: 8 });
  try {
    const end = await system.ask(run.id, text);
    if (!end.text.includes(`end of case ${run.id}.`)) throw new Error(`wrong answer: ${end.text.slice(0, 200)}`);
    run.outcome = 'answered';
  } catch (error) {
    run.outcome = 'failed';
    say(`${system.name}: ${String(error)}`);
  }
  run.endAt = Date.now();
}

/** Whether the witness has seen the effect of this run. */
export function hasEffect(witness: string, id: string): boolean {
  return readExecutions(witness).has(id);
}

interface Execution {
  at: number;
  endAt: number;
}

/** Executions of the tool, by run. */
function readExecutions(witness: string): Map<string, Execution[]> {
  const executions = new Map<string, Execution[]>();
  for (const text of readFileSync(witness, 'utf8').split('\n').filter(Boolean)) {
    const line = JSON.parse(text) as { at: number; event: 'begin' | 'end'; case: string };
    const of = executions.get(line.case) ?? [];
    executions.set(line.case, of);
    const open = of.findLast(({ endAt }) => endAt === Infinity);
    if (line.event === 'begin') of.push({ at: line.at, endAt: Infinity });
    else if (open) open.endAt = line.at;
  }
  return executions;
}

function judge(asked: Asked[], kills: number[], executions: Map<string, Execution[]>, human: number): Damage {
  const of = ({ id }: Asked) => executions.get(id) ?? [];
  const isKeyed = ({ id }: Asked) => id.startsWith(keyedCase);
  const isTwice = (run: Asked) => of(run).length > 1;
  const ended = asked.filter(({ endAt }) => endAt !== undefined);
  const ms = ({ at, endAt = at }: Asked) => endAt - at;
  const isMet = ({ at, endAt = Infinity }: Asked) => kills.some((kill) => kill > at && kill < endAt);
  return {
    kills: kills.length,
    runs: asked.length,
    hitInTool: asked.filter((run) => of(run).some(({ at, endAt }) => kills.some((kill) => kill > at && kill < endAt)))
      .length,
    twice: asked.filter((run) => !isKeyed(run) && isTwice(run)).length,
    keyedRuns: asked.filter(isKeyed).length,
    keyedTwice: asked.filter((run) => isKeyed(run) && isTwice(run)).length,
    missing: asked.filter((run) => run.outcome === 'answered' && of(run).length === 0).length,
    failed: asked.filter(({ outcome }) => outcome === 'failed').length,
    lost: asked.length - ended.length,
    human,
    runMs: ended.map(ms),
    metMs: ended.filter(isMet).map(ms),
  };
}
