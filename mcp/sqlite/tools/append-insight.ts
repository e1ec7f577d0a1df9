import { z } from 'zod';
import { type AnyTool, defineTool } from '#mcp/kit.ts';
import { refused } from '#mcp/words.ts';
import type { Backend } from '../backend.ts';
import { maxInsightChars, memoOf } from '../insights.ts';

/** The memo as an MCP resource. */
export const memoUri = 'memo://insights';
/** So many of the memo's newest insights come with the answer. */
const newest = 10;

/** `append_insight`: notes what was found out, for people. */
export function appendInsight(backend: Backend): AnyTool {
  return defineTool({
    name: 'append_insight',
    title: 'Note an insight',
    description: `Adds a finding from the SQLite data to the memo that people read (${memoUri}). One finding a call, in a sentence that stands alone.`,
    input: z.object({ insight: z.string().describe(`The finding, at most ${maxInsightChars} characters`) }),
    output: z.object({ insights: z.int().describe('How many the memo holds now') }),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    async run({ insight }) {
      const text = insight.trim();
      if (text === '') throw refused('the insight is empty. Write a sentence.');
      if (text.length > maxInsightChars)
        throw refused(`the insight has ${text.length} characters, at most ${maxInsightChars} are kept. Shorten it.`);
      if (!text.isWellFormed() || text.includes('\0')) throw refused('the insight is no plain text. Write it anew.');
      const all = await backend.insights.append(text);
      const shown = all.length > newest ? `The newest ${newest} of ${all.length}:\n` : '';
      return { data: { insights: all.length }, text: `Noted.\n${shown}${memoOf(all.slice(-newest))}` };
    },
  });
}
