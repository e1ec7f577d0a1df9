import type { EntryOf } from '#shared/run/journal-entries.ts';
import { messageItem, textPart } from './items.ts';
import type { Output } from './output.ts';

/** Characters of a call's arguments that the note shows. */
const shownArguments = 600;

type Question = EntryOf<'approval.requested'>;

/** What waits for a human, for programs that show nobody a question but text: what, whose yes, and how to give it. */
export function noteText(runId: string, questions: Question[]): string {
  const lines = questions.map((question) => lineOf(runId, question));
  const answer = questions.some(({ kind }) => kind === 'unknown-outcome')
    ? 'Then write `continue` here.'
    : 'Or write `yes` or `no` here; after a decision elsewhere, `continue`.';
  return [
    `[Waiting for approval: run ${runId}]`,
    ...lines,
    'Whoever asked, and operators, may decide: `dragoman approvals` in a terminal, or POST /v1/approvals/:id.',
    `${answer} Anything else goes on without it.`,
  ].join('\n\n');
}

function lineOf(runId: string, { approval, tool, arguments: args, kind, why, expiresAt }: Question): string {
  const shown = args.length > shownArguments ? `${args.slice(0, shownArguments)}…` : args;
  const what =
    kind === 'unknown-outcome'
      ? 'was under way when its worker died; did it happen?'
      : `waits for a yes: ${why ?? kind}.`;
  return `\`${tool}\` ${what} Arguments: ${shown}. Approval ${runId}:${approval}, until ${new Date(expiresAt).toISOString()}.`;
}

/** The run whose note this text is. */
export function runOfNote(text: string): string | undefined {
  return /^\[Waiting for approval: run ([A-Za-z0-9_-]{1,100})\]/.exec(text)?.[1];
}

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
