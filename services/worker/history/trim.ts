import type { HistoryLine } from './history.ts';
import { countTokens, maxTokens } from './tokens.ts';

/**
 * The newest messages that fit into `budget` tokens, oldest first. They begin with a person's message, because some
 * providers refuse an answer without a question before it.
 */
export async function trimHistory(lines: HistoryLine[], budget: number): Promise<HistoryLine[]> {
  const kept = await newest(lines, budget);
  const first = kept.findIndex((line) => line.role === 'user');
  return first === -1 ? [] : kept.slice(first);
}

async function newest(lines: HistoryLine[], budget: number): Promise<HistoryLine[]> {
  const bound = lines.reduce((sum, line) => sum + maxTokens(line.content), 0);
  if (bound <= budget) return lines;
  let left = budget;
  let from = lines.length;
  while (from > 0) {
    left -= await tokensOf(lines[from - 1]?.content ?? '', left);
    if (left < 0) break;
    from -= 1;
  }
  return lines.slice(from);
}

/**
 * The tokens of a text. One that cannot fit anyway (no token has over 128 bytes) gets a bound and is not read whole.
 */
async function tokensOf(text: string, left: number): Promise<number> {
  const atLeast = Math.floor(text.length / 128);
  return atLeast > left ? atLeast : countTokens(text);
}
