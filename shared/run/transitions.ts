import type { RunStatus } from './request.ts';

/** What can happen to a run. */
export type TransitionName = 'accept' | 'claim' | 'release' | 'suspend' | 'decide' | 'stop' | 'end';

export interface Transition {
  /** The states that it leads from and to. In all others it is refused, or only noted in the journal. */
  moves: readonly (readonly [from: RunStatus | 'none', to: RunStatus])[];
  /** Who does it. */
  by: string;
  /** What is written in one step. */
  step: string;
  /** What brings the run on its way afterwards. */
  way: string;
  /** What a kill just after the step leaves, and who finds it. */
  kill: string;
  /** The number of seconds within which it is found at the latest. */
  foundWithin: number;
}

/**
 * The one table of what can happen to a run. The scripts are given the states that a move leads from, the model test
 * plays the table, ARCHITECTURE.md draws it. A kill before a step leaves the state of the row above it; a kill after it
 * leaves what `kill` says.
 */
export const transitions = {
  accept: {
    moves: [['none', 'queued']],
    by: 'a door',
    step: "record, first entry, place in its conversation's line, the jobs `run` (at the head of the line only) and `reply`",
    way: 'its job',
    kill: 'nothing undone: a worker takes the job when one is free',
    foundWithin: 0,
  },
  claim: {
    moves: [
      ['queued', 'running'],
      ['running', 'running'],
    ],
    by: 'a worker that was given the job',
    step: 'epoch and token of the claim, entry `run.claimed`, out of `unqueued`',
    way: 'the worker works; its job stays active while it holds the lock',
    kill: 'an active job whose worker is gone: the sweep frees it, at the latest its lock runs out',
    foundWithin: 15,
  },
  release: {
    moves: [['running', 'queued']],
    by: 'a worker that cannot read the run which it was given unread',
    step: 'all as before the claim',
    way: 'its job, which failed and is tried again',
    kill: 'as a kill after the claim',
    foundWithin: 15,
  },
  suspend: {
    moves: [
      ['running', 'waiting'],
      ['running', 'queued'],
    ],
    by: 'the worker, after its questions stand in the journal',
    step: '`waiting` while a question is open and nobody has asked for a stop, else `queued` and `unqueued`',
    way: 'a decision, a stop, or the time of the question',
    kill: 'a job of a run that waits: given to another worker, which is refused and lets it go',
    foundWithin: 15,
  },
  decide: {
    moves: [['waiting', 'queued']],
    by: 'a human at a door, or the sweep when the time is over',
    step: 'entry `approval.decided`, out of the open questions; when nothing is open any more `queued` and `unqueued`',
    way: 'who decided adds the job',
    kill: 'a queued run without a job: the sweep adds it from `unqueued`',
    foundWithin: 6,
  },
  stop: {
    moves: [['waiting', 'queued']],
    by: 'a human at a door',
    step: 'entry `stop.requested`; a waiting run becomes `queued` and `unqueued`',
    way: 'the worker that holds the run is told; one that nobody has begun is ended by the door itself',
    kill: 'the wish stands in record and journal: a worker that holds the run looks every 5 s, the next one that claims it ends it; a lost job is added by the sweep',
    foundWithin: 15,
  },
  end: {
    moves: [
      ['running', 'ended'],
      ['queued', 'ended'],
    ],
    by: 'the worker that holds the run, or a door that stops one which nobody has begun',
    step: "last entries, outcome, history, out of the line; the line's next run goes into `unqueued`",
    way: 'who ended it adds the job of the next run of the line',
    kill: "the next run without a job: the sweep adds it from `unqueued`; the ended run's own job is let go by who gets it",
    foundWithin: 6,
  },
} as const satisfies Record<TransitionName, Transition>;

/** The states from which a transition leads on, as scripts look them up. */
export function fromStates(name: TransitionName): Partial<Record<RunStatus, true>> {
  return Object.fromEntries(transitions[name].moves.map(([from]) => [from, true]));
}

/** All moves as a drawing in text, for ARCHITECTURE.md. */
export function drawTransitions(): string {
  const arrows = new Map<string, string[]>();
  for (const [name, { moves }] of Object.entries(transitions)) {
    for (const [from, to] of moves) {
      const arrow = `${(from === 'none' ? '·' : from).padEnd(7)} ──▶ ${to.padEnd(7)}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), name]);
    }
  }
  return ['```', ...[...arrows].map(([arrow, names]) => `${arrow}  ${names.join(', ')}`), '```'].join('\n');
}

/** The table as Markdown, for ARCHITECTURE.md. */
export function describeTransitions(): string {
  const rows = Object.entries(transitions).map(([name, { by, step, way, kill, foundWithin }]) => {
    return `| **${name}**, ${by} | ${step} | ${way} | ${kill} (${foundWithin} s) |`;
  });
  return [
    '| what, by whom | in one step | what brings it on its way | a kill just after leaves, and who finds it (at the latest) |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
