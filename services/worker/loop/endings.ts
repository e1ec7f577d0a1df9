import type { EntryOf } from '#shared/run/journal-entries.ts';

type Answer = Pick<EntryOf<'model.answered'>, 'ending' | 'finishReason' | 'text'>;

/** What the person is told below an answer that is not whole; empty for a whole one. */
export function endingNote({ ending, finishReason }: Answer): string {
  // Older entries have only the provider's word.
  if (ending === 'cut' || (ending === undefined && finishReason === 'length')) {
    return "\n\n(Cut off: the model's limit for one answer was reached. Ask it to go on.)";
  }
  if (ending === 'filtered')
    return "\n\n(Cut off: the filter of the model's provider stopped the answer here. Ask differently.)";
  return ending === 'lost-calls'
    ? '\n\n(The model wanted to use another tool, and its call did not arrive whole.)'
    : '';
}

/** What the model is told after an answer that was none. */
export function mendAnswer({ ending, finishReason, text }: Answer): string {
  if (ending === 'lost-calls') {
    return /length|token/i.test(finishReason)
      ? 'Your tool call was cut off at the limit for one answer and was not made. Make it again with shorter arguments, or answer.'
      : 'Your tool call did not arrive whole and was not made. Make it again, or answer.';
  }
  if (ending === 'cut' && text.trim() === '') {
    return 'The limit for one answer was reached before your answer began. Think less and answer briefly.';
  }
  return 'Your answer was empty. Answer the question, or call a tool.';
}
