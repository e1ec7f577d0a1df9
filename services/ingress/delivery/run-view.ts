import type { RunEvent } from '#shared/follower.ts';
import { entryTime } from '#shared/runs/journal.ts';
import type { EntryOf, JournalEntry } from '#shared/journal-entries.ts';
import type { LiveEvent } from '#shared/live.ts';

export interface ToolLine {
  tool: string;
  arguments: string;
  outcome?: EntryOf<'tool.finished'>['outcome'];
  /** What the tool itself says of its progress. */
  message?: string;
}

export interface ApprovalView {
  requested: EntryOf<'approval.requested'>;
  decided?: EntryOf<'approval.decided'>;
  /** Milliseconds since the epoch. */
  decidedAt?: number;
}

/** What is to be shown of a run at this moment: folded from its events, nothing else. */
export interface RunView {
  epoch: number;
  /** Texts of the model's answers by step. */
  answers: Map<number, string>;
  live: { step: number; text: string } | undefined;
  tools: Map<string, ToolLine>;
  approvals: Map<string, ApprovalView>;
  notices: string[];
  stopBy: string | undefined;
  /** The operator who had the run replayed. */
  replayedBy: string | undefined;
  ended: EntryOf<'run.ended'> | undefined;
  /** Parts that an earlier delivery finished. */
  delivered: Map<number, string>;
}

export function createRunView(): RunView {
  return {
    epoch: 0,
    answers: new Map(),
    live: undefined,
    tools: new Map(),
    approvals: new Map(),
    notices: [],
    stopBy: undefined,
    replayedBy: undefined,
    ended: undefined,
    delivered: new Map(),
  };
}

/** How much an event matters to who is watching: `urgent` is shown at once, `soon` when the channel's turn comes. */
export type Effect = 'none' | 'soon' | 'urgent';

/** Takes one event in. */
export function fold(view: RunView, event: RunEvent): Effect {
  return event.kind === 'live' ? foldLive(view, event.event) : foldEntry(view, event.entry, entryTime(event.id));
}

function foldLive(view: RunView, event: LiveEvent): Effect {
  // A worker that was believed dead may still be writing: only the newest claim counts.
  if (event.epoch < view.epoch) return 'none';
  if (event.type === 'tool-progress') {
    const line = view.tools.get(toolKey(event));
    if (!line || line.outcome) return 'none';
    line.message = event.message;
    return 'soon';
  }
  if (view.answers.has(event.step)) return 'none';
  if (view.live?.step === event.step) view.live.text += event.text;
  else view.live = { step: event.step, text: event.text };
  return 'soon';
}

function foldEntry(view: RunView, entry: JournalEntry, at: number): Effect {
  switch (entry.type) {
    case 'run.claimed':
      view.epoch = entry.epoch;
      // What the dead worker's question had brought is asked anew.
      view.live = undefined;
      return 'soon';
    case 'model.answered':
      view.answers.set(entry.step, entry.text);
      if (view.live && view.live.step <= entry.step) view.live = undefined;
      return 'soon';
    case 'model.failed':
      view.live = undefined;
      return 'none';
    case 'tool.intended':
      view.tools.set(toolKey(entry), { tool: entry.tool, arguments: entry.arguments });
      return 'soon';
    case 'tool.finished':
      return foldResult(view, entry);
    case 'approval.requested':
      view.approvals.set(entry.approval, { requested: entry });
      return 'urgent';
    case 'approval.decided':
      return foldDecision(view, entry, at);
    case 'notice':
      view.notices.push(entry.text);
      return 'urgent';
    case 'stop.requested':
      view.stopBy ??= entry.by;
      return 'urgent';
    case 'run.ended':
      view.ended = entry;
      return 'urgent';
    case 'delivered':
      view.delivered.set(entry.part, entry.message);
      return 'none';
    case 'run.accepted':
    case 'replay.began':
    case 'replay.recorded':
    case 'undeliverable':
    case 'feedback':
      return 'none';
  }
}

function foldResult(view: RunView, entry: EntryOf<'tool.finished'>): Effect {
  const line = view.tools.get(toolKey(entry));
  if (line) line.outcome = entry.outcome;
  return 'soon';
}

function foldDecision(view: RunView, entry: EntryOf<'approval.decided'>, at: number): Effect {
  const approval = view.approvals.get(entry.approval);
  if (!approval || approval.decided) return 'none';
  approval.decided = entry;
  approval.decidedAt = at;
  return 'urgent';
}

function toolKey(place: { step: number; call: number }): string {
  return `${place.step}:${place.call}`;
}

/**
 * The text of the answer so far: the answers of all steps in order, with a paragraph break between them, so that
 * nothing which was read vanishes. When the run did not answer, the sentence that tells why comes beneath.
 */
export function textOf(view: RunView): string {
  const texts = [...view.answers].toSorted(([a], [b]) => a - b).map(([, text]) => text);
  if (view.live) texts.push(view.live.text);
  const streamed = texts.map((text) => text.trim()).filter((text) => text !== '');
  const last = view.ended?.text.trim() ?? '';
  if (!view.ended || last === '' || streamed.join('\n\n').endsWith(last)) return streamed.join('\n\n');
  if (view.ended.outcome === 'answered') return last;
  const mark = view.ended.outcome === 'stopped' ? '⏹️' : '❌';
  return [...streamed, `${mark} ${last}`].join('\n\n');
}
