import type { Talk } from '#shared/run/talk-lines.ts';
import type { History, HistoryLine } from './history.ts';
import { countTokens, maxTokens } from './tokens.ts';

/**
 * The newest messages of a talk that fit into `room` tokens of a model beside the summary, oldest first. They begin
 * with a person's message, because some providers refuse an answer without a question before it.
 */
export async function fitHistory(
  { summary, messages }: Pick<Talk, 'summary'> & { messages: HistoryLine[] },
  room: number,
  model: string,
): Promise<History> {
  const left = summary ? room - (await countTokens(summary.content, model)) : room;
  if (left < 0) return { summary: undefined, lines: [], leftOut: messages.length + (summary?.messages ?? 0) };
  const lines = fromQuestion(await newestOf(messages, left, model));
  return { summary, lines, leftOut: messages.length - lines.length };
}

function fromQuestion(lines: HistoryLine[]): HistoryLine[] {
  const first = lines.findIndex(({ role }) => role === 'user');
  return first === -1 ? [] : lines.slice(first);
}

/** The newest messages that fit into `room` tokens, oldest first. */
export async function newestOf<T extends HistoryLine>(lines: T[], room: number, model: string): Promise<T[]> {
  const bound = lines.reduce((sum, line) => sum + maxTokens(textOf(line)), 0);
  if (bound <= room) return lines;
  let left = room;
  let from = lines.length;
  while (from > 0) {
    const line = lines[from - 1];
    left -= line ? await tokensOf(textOf(line), left, model) : 0;
    if (left < 0) break;
    from -= 1;
  }
  return lines.slice(from);
}

/** All that a line brings into a request. */
export function textOf({ name, content, tools }: HistoryLine): string {
  return [name ?? '', content, ...(tools ?? [])].join('\n');
}

/**
 * The tokens of a text. One that cannot fit anyway (no token has over 128 bytes) gets a bound and is not read whole.
 */
async function tokensOf(text: string, left: number, model: string): Promise<number> {
  const atLeast = Math.floor(text.length / 128);
  return atLeast > left ? atLeast : countTokens(text, model);
}
