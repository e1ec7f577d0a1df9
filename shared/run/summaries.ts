import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import type { TalkSummary } from './talk-lines.ts';

const summaryScript = defineScript(new URL('./summary.lua', import.meta.url), {
  keys: ['history'],
  args: { line: of<Text>(), before: of<Text | undefined>(), runs: of<string[]>(), keep: of<number>() },
  reply: of<0 | 1>(),
});

/**
 * Stores what a model has made of a talk's older messages, beside them: `before` is the summary, as stored, that it
 * goes on from, `runs` are the runs of the messages that it adds. False when the talk has changed meanwhile so that it
 * must not stand. It is kept, forgotten and put aside as the talk is. `keep`: lines of the talk that are kept at most.
 */
export async function storeSummary(
  redis: Redis,
  history: string,
  summary: TalkSummary,
  { before, runs, keep }: { before: string | undefined; runs: string[]; keep: number },
): Promise<boolean> {
  const args = {
    line: longText(summaryLine(summary)),
    before: before === undefined ? undefined : longText(before),
    runs,
    keep,
  };
  return (await summaryScript(redis, { history: keys.history(history) }, args)) === 1;
}

/** The script finds summaries by how their lines begin. */
function summaryLine({ role, ...rest }: TalkSummary): string {
  return JSON.stringify({ role, ...rest });
}
