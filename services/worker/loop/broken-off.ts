import type { StoredEntry } from '#shared/run/journal-entries.ts';
import { entryTime } from '#shared/run/journal.ts';
import { readLiveText } from '#shared/run/live.ts';
import { hasOpenCalls } from '#shared/run/fold/run-state.ts';
import type { Run } from './held-run.ts';

/** Records what the last worker has shown of an answer that its end cut off. */
export async function recordBrokenOff(run: Run, journal: StoredEntry[]): Promise<void> {
  const { state, parts, epoch } = run;
  const last = state.steps.at(-1);
  if (epoch <= 1 || (last && hasOpenCalls(last))) return;
  const recorded = journal.findLast(({ entry }) => entry.type === 'answer.broke-off');
  const step = state.steps.length;
  const attempt = state.failures?.count ?? 0;
  const after = recorded ? entryTime(recorded.id) : 0;
  const text = await readLiveText(parts.redis, run.id, { epoch, step, attempt, after });
  if (text === '') return;
  run.recorder.record({ type: 'answer.broke-off', step, text });
  await run.recorder.flush();
}
