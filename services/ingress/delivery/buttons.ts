import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Say } from '../language/say.ts';

/** Discord's component types and button styles (docs: Component Reference). */
const row = 1;
const button = 2;
export const buttonStyle = { primary: 1, secondary: 2, success: 3, danger: 4 } as const;

export interface ButtonSpec {
  /** What a press does, with the run's id and, for approvals, the approval's: `action:run[:approval[:answer]]`. */
  id: string;
  label?: string;
  emoji?: string;
  style: (typeof buttonStyle)[keyof typeof buttonStyle];
  disabled?: boolean;
}

/** One row of buttons in Discord's form. */
export function buttonRow(specs: ButtonSpec[]): object {
  return {
    type: row,
    components: specs.map(({ id, label, emoji, style, disabled }) => ({
      type: button,
      style,
      custom_id: id,
      ...(label !== undefined && { label }),
      ...(emoji !== undefined && { emoji: { name: emoji } }),
      ...(disabled === true && { disabled }),
    })),
  };
}

/** The buttons below a note that a message was sent to the answer that is being made. */
export function busyButtons(say: Say, runId: string, message: string): object[] {
  return [
    buttonRow([
      { id: `queue:${runId}:${message}`, label: say('button.separately'), style: buttonStyle.secondary },
      { id: `interrupt:${runId}:${message}`, label: say('button.interrupt-this'), style: buttonStyle.secondary },
    ]),
  ];
}

/** The buttons of a question that waits for an earlier one of the same person. */
function queuedButtons(say: Say, runId: string): object[] {
  return [
    buttonRow([
      { id: `stop:${runId}`, label: say('button.stop'), style: buttonStyle.secondary },
      { id: `steer:${runId}`, label: say('button.steer'), style: buttonStyle.secondary },
      { id: `interrupt:${runId}`, label: say('button.interrupt'), style: buttonStyle.secondary },
    ]),
  ];
}

/** What there is to see of a run beyond its answer. */
export interface Further {
  /** A table of the answer has rows that are not shown. */
  rows: boolean;
  /** How many answers there were, with this one. */
  versions: number;
  /** It waits for an earlier question of the same person. */
  behindOwn: boolean;
}

/**
 * The buttons below the last part: Stop while the run lasts, then Retry, the votes, what was done, further rows of
 * tables, and earlier answers.
 */
export function runButtons(say: Say, runId: string, state: RunState, { rows, versions, behindOwn }: Further): object[] {
  const secondary = buttonStyle.secondary;
  if (!state.ended) {
    if (state.stopBy !== undefined) return [];
    if (behindOwn && state.epoch === 0) return queuedButtons(say, runId);
    return [buttonRow([{ id: `stop:${runId}`, label: say('button.stop'), style: secondary }])];
  }
  const votes: ButtonSpec[] = [
    { id: `up:${runId}`, emoji: '👍', style: secondary },
    { id: `down:${runId}`, emoji: '👎', style: secondary },
  ];
  const first: ButtonSpec[] = [
    { id: `retry:${runId}`, label: say('button.retry'), style: secondary },
    ...(state.ended.outcome === 'answered' ? votes : []),
    { id: `details:${runId}`, label: say('button.details'), style: secondary },
    ...(rows ? [{ id: `rows:${runId}`, label: say('button.rows'), style: secondary }] : []),
  ];
  const earlier = { id: `older:${runId}`, label: `‹ ${versions}/${versions}`, style: secondary };
  return [buttonRow(first), ...(versions > 1 ? [buttonRow([earlier])] : [])];
}
