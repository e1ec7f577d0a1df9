import { countTokens } from '#services/worker/history/tokens.ts';
import { shortList } from '#services/worker/tools/offering/short-list.ts';
import { present } from '#services/worker/tools/present.ts';
import { placesForTools, toolBudgetVariables } from '#shared/servers/tool-budget.ts';
import type { Offered } from './offers.ts';

/**
 * The largest list of tools of which a model is told by default, over questions about each of the tools: its tokens as
 * OpenAI counts them, and the question.
 */
export async function largestList(tools: readonly Offered[]): Promise<{ tokens: number; question: string }> {
  const tokens = toolBudgetVariables.TOOLS_MAX_TOKENS.parse(undefined)('any');
  const all = tools.map(({ tool }) => tool);
  let largest = { tokens: 0, question: '' };
  for (const question of ['Hello', ...all.map(({ title }) => title)]) {
    const interest = { pointers: () => [{ text: question, weight: 1 }], found: [], used: new Set<string>() };
    const told = shortList(all, interest, { tokens, places: placesForTools });
    const counted = await Promise.all(
      present(told, 'other').map(({ function: { name, description, parameters } }) =>
        countTokens(JSON.stringify({ name, description, parameters })),
      ),
    );
    const sum = counted.reduce((total, each) => total + each, 0);
    if (sum > largest.tokens) largest = { tokens: sum, question };
  }
  return largest;
}
