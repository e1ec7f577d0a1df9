import type { CallState, RunState } from '#shared/run/fold/run-state.ts';

/** A sentence, followed by what was and was not done until then, for a run that ends without an answer. */
export function withDoneSoFar(state: RunState, sentence: string): string {
  const done = new Map<string, number>();
  const open = new Map<string, number>();
  const unclear = new Map<string, number>();
  for (const call of state.calls.values()) {
    const { tool, result } = call;
    if (result?.outcome === 'ok') count(done, tool);
    else if (result?.outcome === 'interrupted') count(unclear, tool);
    else if (!result && mayHaveActed(call)) count(unclear, tool);
    else if (!result || result.outcome === 'stopped') count(open, tool);
  }
  const parts = [sentence];
  if (done.size + open.size + unclear.size === 0) parts.push('No tool had been used.');
  if (done.size > 0) parts.push(`Done: ${listed(done)}.`);
  if (open.size > 0) parts.push(`Not done: ${listed(open)}.`);
  if (unclear.size > 0) parts.push(`May or may not have happened: ${listed(unclear)}.`);
  return parts.join(' ');
}

/** For a call that has an intent and no result. Older entries do not say whether their tool only reads. */
function mayHaveActed({ intent }: CallState): boolean {
  return intent !== undefined && !(intent.readOnly ?? intent.repeatable);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: Map<string, number>): string {
  return [...counts].map(([name, times]) => (times === 1 ? name : `${name} (${times}×)`)).join(', ');
}
