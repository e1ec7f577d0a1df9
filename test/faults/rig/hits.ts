import type { Case } from './ledger.ts';

/** What a run was doing when its worker was killed, according to the witnesses. */
export type Moment = 'model asked' | 'in a tool' | 'after a tool' | 'last answer';

export interface Kill {
  at: number;
  worker: string;
}

export interface Hits {
  byMoment: Record<Moment, number>;
  /** Kills that found the worker without a run. */
  idle: number;
  /** Milliseconds from a kill to the run's next sign of life. */
  resumeMs: number[];
}

interface Sign {
  at: number;
  moment: Moment;
  /** Known only for a request to the model. */
  worker?: string;
}

/** Counts what the kills really hit. A kill that hits several runs counts for each. */
export function hitsOf(cases: Iterable<Case>, kills: Kill[]): Hits {
  const hits: Hits = {
    byMoment: { 'model asked': 0, 'in a tool': 0, 'after a tool': 0, 'last answer': 0 },
    idle: 0,
    resumeMs: [],
  };
  const struck = new Set<Kill>();
  for (const each of cases) {
    const signs = signsOf(each);
    for (const kill of kills) {
      const hit = struckAt(each, signs, kill);
      if (!hit) continue;
      struck.add(kill);
      hits.byMoment[hit.moment] += 1;
      if (hit.next !== undefined) hits.resumeMs.push(hit.next - kill.at);
    }
  }
  hits.idle = kills.length - struck.size;
  return hits;
}

function signsOf({ asks, executions }: Case): Sign[] {
  const signs: Sign[] = asks.map(({ at, calls, worker }) => ({
    at,
    worker,
    moment: calls === 0 ? 'last answer' : 'model asked',
  }));
  for (const { at, endAt } of executions) {
    signs.push({ at, moment: 'in a tool' });
    if (endAt !== undefined) signs.push({ at: endAt, moment: 'after a tool' });
  }
  return signs.toSorted((a, b) => a.at - b.at);
}

/** What the run was doing at the kill, if this worker held it, and when it next showed life. */
function struckAt(each: Case, signs: Sign[], kill: Kill): { moment: Moment; next?: number } | undefined {
  if (kill.at < each.askedAt || kill.at > (each.endedAt ?? Infinity)) return undefined;
  const before = signs.filter(({ at }) => at <= kill.at);
  const holder = before.findLast(({ worker }) => worker !== undefined)?.worker;
  const last = before.at(-1);
  if (holder !== kill.worker || !last) return undefined;
  // A tool of the dead worker may still end, so that does not count.
  const next = signs.find(({ at, moment }) => at > kill.at && moment !== 'after a tool')?.at;
  return { moment: last.moment, ...(next !== undefined && { next }) };
}

/** The value below which the share `q` of the values lies; undefined when there are none. */
export function percentile(values: number[], q: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
