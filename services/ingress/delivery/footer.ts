import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Display } from '../display.ts';
import { costIn, secondsIn, sizeIn } from '../language/amounts.ts';
import type { Say } from '../language/say.ts';
import { inlineCode, oneLine } from './escape.ts';

/**
 * The line below an answer. Short: what was looked at, how long it took, what it cost. Verbose: also model, tokens, time
 * to the first token, and the run. A failed run always shows its id.
 */
export function footerText(say: Say, runId: string, state: RunState, mode: Display['footer']): string | undefined {
  const { ended } = state;
  if (!ended) return undefined;
  const run = say('footer.run', { run: inlineCode(runId, 100) });
  if (mode === 'off') return ended.outcome === 'failed' ? run : undefined;
  const verbose = mode === 'verbose';
  const { usage } = ended;
  const items = [
    toolsText(say, state),
    verbose ? ended.models.map((model) => oneLine(model, 40)).join(', ') : '',
    verbose ? say('footer.tokens', { input: usage.inputTokens, output: usage.outputTokens }) : '',
    verbose && ended.firstTokenMs !== undefined
      ? say('footer.first-token', { time: secondsIn(say, ended.firstTokenMs) })
      : '',
    secondsIn(say, ended.durationMs),
    costIn(say, usage),
    verbose || ended.outcome === 'failed' ? run : '',
  ];
  return items.filter((item) => item !== '').join(' · ');
}

/** Tools that a line has room for. */
const mostTools = 3;

/** The tools that were called, with how much they brought: `🔎 postgres_query · 15 rows`. */
function toolsText(say: Say, { calls }: RunState): string {
  const done = [...calls.values()].filter(({ intent, result }) => intent && result);
  if (done.length === 0) return '';
  const tools = [...Map.groupBy(done, ({ tool }) => tool)];
  const alone = tools.length === 1;
  const shown = tools.slice(0, mostTools).map(([tool, made]) => {
    const name = `${oneLine(tool, 40)}${made.length > 1 ? ` ×${made.length}` : ''}`;
    const size = sizeIn(say, made.at(-1)?.result?.size);
    return [name, size].filter(Boolean).join(alone ? ' · ' : ' ');
  });
  const number = tools.length - shown.length;
  const names = shown.join(', ');
  return `🔎 ${number > 0 ? say('footer.more', { names, number }) : names}`;
}
