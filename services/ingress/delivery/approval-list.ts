import { readableArguments } from '#shared/run/arguments-text.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { buttonRow, buttonStyle } from './buttons.ts';
import type { Shown } from './details.ts';
import { fenced, inlineCode, oneLine } from './escape.ts';

/** Questions in one message: each has a row of buttons, of which Discord takes five. */
const most = 3;
/** Characters of arguments that are read here; longer ones are read, and allowed, on their card. */
const maxArguments = 450;

export interface ListedQuestion {
  runId: string;
  caller: { id: string };
  text: string;
  channel: string;
  request: EntryOf<'approval.requested'>;
}

/** The open questions that a person may decide, with buttons. */
export function approvalList(questions: readonly ListedQuestion[]): Shown {
  if (questions.length === 0) return { content: '✅ Nothing waits for a decision of yours.', components: [] };
  const shown = questions.slice(0, most);
  const more = questions.length - shown.length;
  const head = `✋ **${questions.length === 1 ? 'One question waits' : `${questions.length} questions wait`} for a decision that you may make**`;
  return {
    content: [head, ...shown.map(lineOf), ...(more > 0 ? [`-# and ${more} more, when these are decided`] : [])].join(
      '\n',
    ),
    components: shown.map(choices),
  };
}

function lineOf({ caller, text, channel, request }: ListedQuestion, at: number): string {
  const { text: args, form } = readableArguments(request.arguments);
  const block = isReadable(request)
    ? fenced(args, form)
    : `-# its arguments are too long for this list: read them on the card in <#${channel}>`;
  const asked = `-# asked by <@${caller.id}> in <#${channel}>: ${oneLine(text, 80)} · decide <t:${Math.floor(request.expiresAt / 1_000)}:R>`;
  const unknown = request.kind === 'unknown-outcome' ? ' may or may not have happened' : '';
  return `${at + 1}. ${inlineCode(request.tool, 60)}${unknown}\n${asked}\n${block}`;
}

/** What cannot be read here cannot be allowed here. */
function isReadable({ arguments: raw }: EntryOf<'approval.requested'>): boolean {
  return readableArguments(raw).text.length <= maxArguments;
}

function choices({ runId, request }: ListedQuestion, at: number): object {
  const id = (answer: string) => `settle:${runId}:${request.approval}:${answer}`;
  const number = at + 1;
  if (request.kind === 'unknown-outcome') {
    return buttonRow([
      { id: id('happened'), label: `${number}: it happened`, style: buttonStyle.secondary },
      { id: id('deny'), label: `${number}: leave it`, style: buttonStyle.secondary },
    ]);
  }
  return buttonRow([
    ...(isReadable(request) ? [{ id: id('allow'), label: `${number}: allow once`, style: buttonStyle.success }] : []),
    { id: id('deny'), label: `${number}: deny`, style: buttonStyle.danger },
  ]);
}
