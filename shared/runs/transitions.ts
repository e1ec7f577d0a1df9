import type { RunStatus } from '../run.ts';

/** What can happen to a run. */
export type TransitionName = 'accept' | 'claim' | 'suspend' | 'decide' | 'stop' | 'end';

export interface Transition {
  /** The states in which it can happen; empty: there is no such run yet. */
  from: readonly RunStatus[];
  /** The states that it leads to. Where a run may stay as it is, its own is among them. */
  to: readonly RunStatus[];
  /** Who does it. */
  by: string;
  /** What is written in one step. */
  step: string;
  /** What brings the run on its way afterwards. */
  way: string;
  /** What a kill just after the step leaves, and who finds it. */
  kill: string;
  /** Within how many seconds it is found at the latest. */
  foundWithin: number;
}

/**
 * The one table of what can happen to a run: the scripts check `from` by it, the model test plays it, ARCHITECTURE.md draws
 * it. A kill before a step leaves the row above it; a kill after it what `kill` says.
 */
export const transitions = {
  accept: {
    from: [],
    to: ['queued'],
    by: 'a door',
    step: "record, first entry, place in its conversation's line; at the head of the line also `unqueued`",
    way: 'the door adds the jobs `run` (head only) and `reply`',
    kill: 'a run without a job: the sweep adds `run` from `unqueued`, the reconciler `reply` from `undelivered`',
    foundWithin: 10,
  },
  claim: {
    from: ['queued', 'running'],
    to: ['running'],
    by: 'a worker that was given the job',
    step: 'epoch and token of the claim, entry `run.claimed`, out of `unqueued`',
    way: 'the worker works; its job stays active while it holds the lock',
    kill: 'an active job whose worker is gone: the sweep frees it, at the latest its lock runs out',
    foundWithin: 15,
  },
  suspend: {
    from: ['running'],
    to: ['waiting', 'queued'],
    by: 'the worker, after its questions stand in the journal',
    step: '`waiting` while a question is open and nobody has asked for a stop, else `queued` and `unqueued`',
    way: 'a decision, a stop, or the time of the question',
    kill: 'a job of a run that waits: given to another worker, which is refused and lets it go',
    foundWithin: 15,
  },
  decide: {
    from: ['running', 'waiting'],
    to: ['running', 'waiting', 'queued'],
    by: 'a human at a door, or the sweep when the time is over',
    step: 'entry `approval.decided`, out of the open questions; when nothing is open any more `queued` and `unqueued`',
    way: 'who decided adds the job',
    kill: 'a queued run without a job: the sweep adds it from `unqueued`',
    foundWithin: 6,
  },
  stop: {
    from: ['queued', 'running', 'waiting'],
    to: ['queued', 'running'],
    by: 'a human at a door',
    step: 'entry `stop.requested`; a waiting run becomes `queued` and `unqueued`',
    way: 'the worker that holds the run is told; one that nobody has begun is claimed and ended by the door itself',
    kill: 'the wish stands in the journal: the next worker that claims the run ends it; a lost job is added by the sweep',
    foundWithin: 15,
  },
  end: {
    from: ['queued', 'running'],
    to: ['ended'],
    by: 'the worker that holds the run, or a door that stops one which nobody has begun',
    step: "last entries, outcome, history, out of the line; the line's next run goes into `unqueued`",
    way: 'who ended it adds the job of the next run of the line',
    kill: "the next run without a job: the sweep adds it from `unqueued`; the ended run's own job is let go by who gets it",
    foundWithin: 6,
  },
} as const satisfies Record<TransitionName, Transition>;

/** The states in which a transition can happen, as scripts look them up. */
export function fromStates(name: TransitionName): Partial<Record<RunStatus, true>> {
  return Object.fromEntries(transitions[name].from.map((status) => [status, true]));
}

/** The table as Markdown, for ARCHITECTURE.md. */
export function describeTransitions(): string {
  const states = (list: readonly string[]) => (list.length === 0 ? '(none)' : list.join(', '));
  const rows = Object.entries(transitions).map(([name, { from, to, by, step, way, kill, foundWithin }]) =>
    ['', `**${name}** (${by})`, `${states(from)} → ${states(to)}`, step, way, `${kill} (≤ ${foundWithin} s)`, '']
      .join(' | ')
      .trim(),
  );
  return [
    '| what, by whom | states | in one step | what brings it on its way | a kill just after leaves |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
