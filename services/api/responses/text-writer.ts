import type { EntryOf } from '#shared/run/journal-entries.ts';
import { itemId } from './ids.ts';
import { messageItem, textPart } from './items.ts';
import type { Output } from './output.ts';
import type { ResponseView } from './response-object.ts';
import { pieceAt } from './units.ts';

/** Shows what the model writes, as messages. */
export interface TextWriter {
  /** Text of a step as far as it was heard. */
  live(heard: { step: number; text: string }): void;
  answered(entry: EntryOf<'model.answered'>): void;
  brokeOff(entry: EntryOf<'answer.broke-off'>): void;
  /** The run has ended, maybe within a text. */
  stop(): void;
}

interface Open {
  index: number;
  id: string;
  step: number;
  sent: string;
}

export function createTextWriter(output: Output, view: ResponseView): TextWriter {
  let open: Open | undefined;
  /** How often the text of a step was begun in vain. */
  let broken: { step: number; indexes: number[] } | undefined;

  function opened(step: number): Open {
    if (open) return open;
    const attempt = broken?.step === step ? broken.indexes.length : 0;
    const id = itemId.message(view.runId, step, attempt);
    const index = output.add(messageItem(id, 'in_progress'));
    output.emit({ type: 'response.content_part.added', ...place(index, id), part: textPart('') });
    open = { index, id, step, sent: '' };
    return open;
  }

  function write(step: number, text: string, complete: boolean): void {
    if (open && !continues(open, text, complete)) close('incomplete');
    for (let at = open?.sent.length ?? 0; ;) {
      const delta = pieceAt(text, at, complete);
      if (delta === undefined) return;
      const message = opened(step);
      const { index, id } = message;
      output.emit({ type: 'response.output_text.delta', ...place(index, id), delta, logprobs: [] });
      message.sent += delta;
      at += delta.length;
    }
  }

  function close(status: 'completed' | 'incomplete'): void {
    if (!open) return;
    const { index, id, sent, step } = open;
    const part = textPart(sent);
    output.emit({ type: 'response.output_text.done', ...place(index, id), text: sent, logprobs: [] });
    output.emit({ type: 'response.content_part.done', ...place(index, id), part });
    output.done(index, { status, content: [part] });
    if (status === 'incomplete') {
      broken = { step, indexes: [...(broken?.step === step ? broken.indexes : []), index] };
    }
    open = undefined;
  }

  return {
    live: ({ step, text }) => {
      if (!view.onlyLast) write(step, text, false);
    },
    answered({ step, text, toolCalls }) {
      // A program that wants JSON cannot read what the model says before its calls.
      if (!view.onlyLast || toolCalls.length === 0) write(step, text, true);
      close('completed');
      if (broken?.step === step) for (const index of broken.indexes) output.drop(index);
    },
    brokeOff({ step, text }) {
      if (view.onlyLast) return;
      write(step, text, true);
      close('incomplete');
    },
    stop: () => close('incomplete'),
  };
}

function place(index: number, id: string) {
  return { item_id: id, output_index: index, content_index: 0 };
}

/** While a text grows, its end is enough to look at. */
function continues({ sent }: Open, text: string, complete: boolean): boolean {
  if (complete) return text.startsWith(sent);
  const from = Math.max(0, sent.length - 32);
  return text.length >= sent.length && text.startsWith(sent.slice(from), from);
}
