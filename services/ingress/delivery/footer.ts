import type { RunState } from '#shared/run/fold/run-state.ts';
import type { ResultSize } from '#shared/run/journal-entries.ts';
import type { Display } from '../display.ts';
import { inlineCode, oneLine } from './escape.ts';

/**
 * The line below an answer. Short: what was looked at, how long it took, what it cost. Verbose: also model, tokens, time
 * to the first token, and the run. A failed run always shows its id.
 */
export function footerText(runId: string, state: RunState, mode: Display['footer']): string | undefined {
  const { ended } = state;
  if (!ended) return undefined;
  const run = `run ${inlineCode(runId, 100)}`;
  if (mode === 'off') return ended.outcome === 'failed' ? run : undefined;
  const verbose = mode === 'verbose';
  const { usage } = ended;
  const items = [
    toolsText(state),
    verbose ? ended.models.map((model) => oneLine(model, 40)).join(', ') : '',
    verbose ? `${usage.inputTokens} → ${usage.outputTokens} tokens` : '',
    verbose && ended.firstTokenMs !== undefined ? `first token ${seconds(ended.firstTokenMs)}` : '',
    seconds(ended.durationMs),
    costText(usage),
    verbose || ended.outcome === 'failed' ? run : '',
  ];
  return items.filter((item) => item !== '').join(' · ');
}

/** Tools that a line has room for. */
const mostTools = 3;

/** The tools that were called, with how much they brought: `🔎 postgres_query · 15 rows`. */
function toolsText({ calls }: RunState): string {
  const done = [...calls.values()].filter(({ intent, result }) => intent && result);
  if (done.length === 0) return '';
  const tools = [...Map.groupBy(done, ({ tool }) => tool)];
  const alone = tools.length === 1;
  const shown = tools.slice(0, mostTools).map(([tool, made]) => {
    const name = `${oneLine(tool, 40)}${made.length > 1 ? ` ×${made.length}` : ''}`;
    const size = sizeText(made.at(-1)?.result?.size);
    return [name, size].filter(Boolean).join(alone ? ' · ' : ' ');
  });
  const more = tools.length - shown.length;
  return `🔎 ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** How much a result holds: `15 rows`, `200+ rows`. */
export function sizeText(size: ResultSize | undefined): string {
  if (!size) return '';
  const { count, of, more } = size;
  return `${count}${more ? '+' : ''} ${count === 1 && !more ? singular(of) : of}`;
}

function singular(word: string): string {
  if (word === 'series') return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.replace(/(?:(?<=ch)es|s)$/, '');
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

/** What something cost; empty where nothing did. */
export function costText(usage: { costUsd: number; estimated: boolean }): string {
  if (usage.costUsd <= 0) return '';
  const digits = usage.costUsd < 0.01 ? 4 : 2;
  return `${usage.estimated ? '~' : ''}$${usage.costUsd.toFixed(digits)}`;
}
