import type { RunState } from '#shared/run/fold/run-state.ts';

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
}

/** One row of buttons in Discord's form. */
export function buttonRow(specs: ButtonSpec[]): object {
  return {
    type: row,
    components: specs.map(({ id, label, emoji, style }) => ({
      type: button,
      style,
      custom_id: id,
      ...(label !== undefined && { label }),
      ...(emoji !== undefined && { emoji: { name: emoji } }),
    })),
  };
}

/** The buttons below the last part: Stop while the run lasts, then Retry and the votes. */
export function runButtons(runId: string, state: RunState): object[] {
  if (!state.ended) {
    if (state.stopBy !== undefined) return [];
    return [buttonRow([{ id: `stop:${runId}`, label: 'Stop', style: buttonStyle.secondary }])];
  }
  const retry = { id: `retry:${runId}`, label: 'Retry', style: buttonStyle.secondary };
  if (state.ended.outcome !== 'answered') return [buttonRow([retry])];
  return [
    buttonRow([
      retry,
      { id: `up:${runId}`, emoji: '👍', style: buttonStyle.secondary },
      { id: `down:${runId}`, emoji: '👎', style: buttonStyle.secondary },
    ]),
  ];
}
