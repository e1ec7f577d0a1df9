import type { EntryOf } from '#shared/run/journal-entries.ts';

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

/** The run whose note a text is, or ends with: where both stand in one message, the note comes last. */
export function runOfNote(text: string): string | undefined {
  return [...text.matchAll(/(?:^|\n\n)\[Waiting for approval: run ([A-Za-z0-9_-]{1,100})\]/g)].at(-1)?.[1];
}

/** Whether all these questions stand in a note, so that a word under it is about them. */
export function noteShows(note: string, runId: string, questions: Question[]): boolean {
  return questions.every((question) => note.includes(lineOf(runId, question)));
}
