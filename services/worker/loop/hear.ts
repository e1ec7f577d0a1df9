import { foldEntry } from '#shared/run/fold/fold.ts';
import { entryTime } from '#shared/run/journal.ts';
import type { Run } from './held-run.ts';

/** Takes in what people have said since, if anything. */
export async function hear(run: Run): Promise<void> {
  if (!run.wasSteered()) return;
  for (const { id, entry } of await run.parts.runs.journal(run.id, run.heardTo)) {
    run.heardTo = id;
    // Everything else that was written since is this worker's own, and in the state already.
    if (entry.type === 'steered') foldEntry(run.state, entry, entryTime(id));
  }
}

/** Whether the newest answer of the model was given without something that was said. */
export function hasUnheard({ state }: Pick<Run, 'state'>): boolean {
  return state.steered.length > (state.steps.at(-1)?.answer.heard ?? 0);
}
