import type { RunState } from './state.ts';

/** A sentence and what was and was not done until then, for a run that ends without an answer. */
export function withDeeds(state: RunState, sentence: string): string {
  const done = new Map<string, number>();
  const open = new Map<string, number>();
  const unclear = new Map<string, number>();
  for (const step of state.steps) {
    for (const [at, call] of step.answer.toolCalls.entries()) {
      const result = step.results.get(at);
      if (result?.outcome === 'ok') count(done, call.name);
      else if (result?.outcome === 'interrupted') count(unclear, call.name);
      else if (!result && step.intents.has(at) && step.intents.get(at)?.repeatable === false) count(unclear, call.name);
      else if (!result || result.outcome === 'stopped') count(open, call.name);
    }
  }
  const parts = [sentence];
  if (done.size + open.size + unclear.size === 0) parts.push('No tool had been used.');
  if (done.size > 0) parts.push(`Done: ${listed(done)}.`);
  if (open.size > 0) parts.push(`Not done: ${listed(open)}.`);
  if (unclear.size > 0) parts.push(`May or may not have happened: ${listed(unclear)}.`);
  return parts.join(' ');
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: Map<string, number>): string {
  return [...counts].map(([name, times]) => (times === 1 ? name : `${name} (${times}×)`)).join(', ');
}
