import { setTimeout as sleep } from 'node:timers/promises';
import type { Moment } from '../rig/hits.ts';
import type { Ledger } from '../rig/ledger.ts';
import type { Rig } from '../rig/rig.ts';
import type { PooledWorker } from '../rig/workers.ts';

/** A worker that is at that moment, as far as the witnesses know; if there is none, a random one. */
export async function choose(
  rig: Rig,
  aim: Moment | 'at random',
  draw: () => number,
  patienceMs = 500,
): Promise<PooledWorker | undefined> {
  const drawn = draw();
  if (aim !== 'at random') {
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      rig.look();
      const names = workersAt(rig.ledger, aim);
      const victim = rig.workers.ready().find(({ name }) => names.has(name));
      if (victim) return victim;
      await sleep(2);
    }
  }
  const ready = rig.workers.ready();
  return ready[Math.floor(drawn * ready.length)];
}

/** Workers that have a run at that moment now. */
function workersAt(ledger: Ledger, aim: Moment): Set<string> {
  const names = new Set<string>();
  const now = Date.now();
  for (const { asks, executions } of ledger.open()) {
    const ask = asks.at(-1);
    if (!ask) continue;
    const execution = executions.at(-1);
    const asked = !execution || execution.at < ask.at;
    const moment: Moment = asked
      ? ask.calls === 0
        ? 'last answer'
        : 'model asked'
      : execution.endAt === undefined
        ? 'in a tool'
        : 'after a tool';
    const since = Math.max(ask.at, execution?.endAt ?? execution?.at ?? 0);
    // An old request belongs to a worker that is dead.
    if (moment === aim && now - since < 150) names.add(ask.worker);
  }
  return names;
}

/** Workers that hold at least one run, according to the witnesses. */
export function holders(rig: Rig): PooledWorker[] {
  rig.look();
  const names = new Set(rig.ledger.open().flatMap(({ asks }) => (asks.at(-1)?.calls ? [asks.at(-1)?.worker] : [])));
  return rig.workers.ready().filter(({ name }) => names.has(name));
}

/** How many milliseconds pass until a worker asks the model again; undefined when nothing is asked for a while. */
export async function untilAlive(rig: Rig): Promise<number | undefined> {
  const from = Date.now();
  const asked = () => [...rig.ledger.cases.values()].some(({ asks }) => (asks.at(-1)?.at ?? 0) > from);
  return (await rig.until(asked, 30_000)) ? Date.now() - from : undefined;
}
