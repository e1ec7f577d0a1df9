import type { RunState } from '#shared/run/fold/run-state.ts';

/** A change of what the model has written. `restarted`: what was written of this step before does not stand. */
export type TextEvent = { type: 'text'; step: number; text: string } | { type: 'restarted'; step: number };

/** Tells, after each event of a run, what has been added to the model's text since. */
export function createTextTracker(): (state: RunState) => TextEvent[] {
  let step = 0;
  let sent = '';

  function grow(text: string): TextEvent[] {
    if (text === sent) return [];
    const continues = text.startsWith(sent);
    const added = continues ? text.slice(sent.length) : text;
    const events: TextEvent[] = continues ? [] : [{ type: 'restarted', step }];
    if (added !== '') events.push({ type: 'text', step, text: added });
    sent = text;
    return events;
  }

  return (state) => {
    const events: TextEvent[] = [];
    for (;;) {
      const answered = state.steps[step]?.answer.text;
      if (answered === undefined) break;
      events.push(...grow(answered));
      if (state.steps.length === step + 1 && state.live?.step !== step + 1) return events;
      step += 1;
      sent = '';
    }
    // Before the first word of a new try nothing is known of it, and the old text may come again.
    if (state.live?.step === step && state.live.text !== '') events.push(...grow(state.live.text));
    return events;
  };
}
