import { readableArguments } from '#shared/run/arguments-text.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Say } from '../language/say.ts';
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
export function approvalList(say: Say, questions: readonly ListedQuestion[]): Shown {
  if (questions.length === 0) return { content: say('approve.none'), components: [] };
  const shown = questions.slice(0, most);
  const more = questions.length - shown.length;
  const head = say('approve.head', { count: questions.length });
  const rest = more > 0 ? [`-# ${say('approve.more', { number: more })}`] : [];
  return {
    content: [head, ...shown.map((question, at) => lineOf(say, question, at)), ...rest].join('\n'),
    components: shown.map((question, at) => choices(say, question, at)),
  };
}

function lineOf(say: Say, { caller, text, channel, request }: ListedQuestion, at: number): string {
  const { text: args, form } = readableArguments(request.arguments);
  const block = isReadable(request)
    ? fenced(args, form)
    : `-# ${say('approve.too-long', { channel: `<#${channel}>` })}`;
  const asked = say('approve.asked', {
    person: `<@${caller.id}>`,
    channel: `<#${channel}>`,
    text: oneLine(text, 80),
    when: `<t:${Math.floor(request.expiresAt / 1_000)}:R>`,
  });
  const tool = inlineCode(request.tool, 60);
  const what = request.kind === 'unknown-outcome' ? say('approve.unknown', { tool }) : tool;
  return `${at + 1}. ${what}\n-# ${asked}\n${block}`;
}

/** What cannot be read here cannot be allowed here. */
function isReadable({ arguments: raw }: EntryOf<'approval.requested'>): boolean {
  return readableArguments(raw).text.length <= maxArguments;
}

function choices(say: Say, { runId, request }: ListedQuestion, at: number): object {
  const id = (answer: string) => `settle:${runId}:${request.approval}:${answer}`;
  const number = at + 1;
  if (request.kind === 'unknown-outcome') {
    return buttonRow([
      { id: id('happened'), label: `${number}: ${say('button.happened')}`, style: buttonStyle.secondary },
      { id: id('deny'), label: `${number}: ${say('button.leave')}`, style: buttonStyle.secondary },
    ]);
  }
  return buttonRow([
    ...(isReadable(request)
      ? [{ id: id('allow'), label: `${number}: ${say('button.allow')}`, style: buttonStyle.success }]
      : []),
    { id: id('deny'), label: `${number}: ${say('button.deny')}`, style: buttonStyle.danger },
  ]);
}
