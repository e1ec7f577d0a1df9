import type { RunEvent } from '#shared/run/follower.ts';
import type { JournalEntry } from '#shared/run/journal-entries.ts';

/** How much an event matters to a watching person: `urgent` is shown at once, `soon` in the channel's next turn. */
export type Effect = 'none' | 'soon' | 'urgent';

const effects: Partial<Record<JournalEntry['type'], Effect>> = {
  'run.claimed': 'soon',
  'model.answered': 'soon',
  'tool.intended': 'soon',
  'tool.finished': 'soon',
  'approval.requested': 'urgent',
  'approval.decided': 'urgent',
  'question.asked': 'urgent',
  'question.answered': 'urgent',
  notice: 'urgent',
  'stop.requested': 'urgent',
  'run.ended': 'urgent',
};

/** The effect of an event that says something new; kinds that nobody watches for have none. */
export function effectOf(event: RunEvent): Effect {
  return event.kind === 'live' ? 'soon' : (effects[event.entry.type] ?? 'none');
}
