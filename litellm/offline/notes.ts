import type { ChatRequest } from './request.ts';

/** How the worker begins when it wants a conversation condensed (`services/worker/history/summarise.ts`). */
const wish = 'You condense the earlier part of a conversation';
const mostNotes = 30;
const maxChars = 200;

/** Notes on a conversation: what was asked, word for word. Undefined when none are wanted. */
export function notesFor({ messages: [system, said] }: ChatRequest): string | undefined {
  if (system?.role !== 'system' || !system.content.startsWith(wish)) return undefined;
  const lines = (said?.content ?? '').split('\n');
  const notes = lines.flatMap((line, at) => {
    if (line.startsWith('- Asked: ')) return [line];
    // A message begins a paragraph with its author's name; an answer has lines with colons in it, too.
    if ((lines[at - 1] ?? '') !== '') return [];
    const [, who = '', text = ''] = /^([\p{L}\p{N}][^:\n*|`]{0,59}): (.+)$/u.exec(line) ?? [];
    return text === '' || who === 'Assistant' || who.startsWith('What was said')
      ? []
      : [`- Asked: ${text.slice(0, maxChars)}`];
  });
  return notes.slice(-mostNotes).join('\n') || '- Nothing was asked.';
}
