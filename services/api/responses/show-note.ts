import { messageItem, textPart } from './items.ts';
import type { Output } from './output.ts';

/** Shows a note as a message of its own. */
export function showNote(output: Output, id: string, text: string): void {
  const index = output.add(messageItem(id, 'in_progress'));
  const place = { item_id: id, output_index: index, content_index: 0 };
  const part = textPart(text);
  output.emit({ type: 'response.content_part.added', ...place, part: textPart('') });
  output.emit({ type: 'response.output_text.delta', ...place, delta: text, logprobs: [] });
  output.emit({ type: 'response.output_text.done', ...place, text, logprobs: [] });
  output.emit({ type: 'response.content_part.done', ...place, part });
  output.done(index, { status: 'completed', content: [part] });
}
