import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Display } from '../display.ts';
import { inlineCode, oneLine } from './escape.ts';

/**
 * The line below an answer. Short: model, duration, cost, run. Verbose: also tokens, time to the first token and tools.
 * A failed run always shows its id.
 */
export function footerText(runId: string, ended: EntryOf<'run.ended'>, mode: Display['footer']): string | undefined {
  const run = `run ${inlineCode(runId, 100)}`;
  if (mode === 'off') return ended.outcome === 'failed' ? run : undefined;
  const { usage } = ended;
  const items = [
    ended.models.map((model) => oneLine(model, 40)).join(', '),
    mode === 'verbose' ? `${usage.inputTokens} → ${usage.outputTokens} tokens` : '',
    mode === 'verbose' && ended.firstTokenMs !== undefined ? `first token ${seconds(ended.firstTokenMs)}` : '',
    seconds(ended.durationMs),
    cost(usage),
    mode === 'verbose' ? toolsText(ended.tools) : '',
    run,
  ];
  return items.filter((item) => item !== '').join(' · ');
}

function toolsText(tools: string[]): string {
  if (tools.length === 0) return '';
  const shown = tools.slice(0, 5).map((tool) => oneLine(tool, 40));
  return `tools: ${shown.join(', ')}${tools.length > 5 ? ` and ${tools.length - 5} more` : ''}`;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

function cost(usage: { costUsd: number; estimated: boolean }): string {
  if (usage.costUsd <= 0) return '';
  const digits = usage.costUsd < 0.01 ? 4 : 2;
  return `${usage.estimated ? '~' : ''}$${usage.costUsd.toFixed(digits)}`;
}
