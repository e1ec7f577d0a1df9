import { createHash } from 'node:crypto';
import type { ApprovalState } from '#shared/run/fold/run-state.ts';
import { readableArguments } from '#shared/run/arguments-text.ts';
import { flags, type MessageBody } from '../discord/api.ts';
import { buttonRow, buttonStyle, type ButtonSpec } from './buttons.ts';
import type { Say } from '../language/say.ts';
import { fenced, inlineCode, oneLine, visible } from './escape.ts';

/** Characters of arguments that the card itself shows; longer ones come as a file. */
const maxShown = 1_200;

const types = { json: 'application/json', diff: 'text/x-diff', yaml: 'text/x-yaml' };

/**
 * A card that asks people about one tool call. It is made only from the journal's fields, never from a model's words.
 * The arguments stand in full, edits of a file as a diff, in a code block that nothing can break out of, with hidden characters shown. When they do
 * not fit, a file has them, and the card gives length and digest. With `mayAttach` false no file can be sent, and what
 * cannot be read here cannot be allowed here.
 */
export function approvalCard(
  say: Say,
  runId: string,
  asker: string,
  approval: ApprovalState,
  runEnded: boolean,
  mayAttach: boolean,
): MessageBody {
  const { requested, decided } = approval;
  const tool = inlineCode(requested.tool, 80);
  const head =
    requested.kind === 'unknown-outcome' ? say('card.unknown-outcome', { tool }) : say('card.asks', { tool });
  const lines = [head, `-# ${say('card.asked-by', { person: `<@${asker}>`, run: inlineCode(runId, 60) })}`];
  const where = channelLine(say, requested);
  if (where !== undefined) lines.push(where);
  if (requested.why !== undefined) lines.push(oneLine(requested.why, 300));
  const { block, files } = argumentsBlock(say, requested.arguments, mayAttach);
  lines.push(block, outcomeLine(say, approval, runEnded));
  const body: MessageBody = { content: lines.join('\n'), flags: flags.suppressEmbeds };
  body.components = decided || runEnded ? [] : [buttonRow(choices(say, runId, requested, mayAttach || !files))];
  if (files && mayAttach) body.files = files;
  return body;
}

/** For a message that is to be posted: its channel, which Discord shows by the name that it has now. */
function channelLine(say: Say, { tool, arguments: raw }: ApprovalState['requested']): string | undefined {
  if (tool !== 'discord_post_message') return undefined;
  const id = channelIn(raw);
  return id === undefined ? undefined : `-# ${say('card.posted-in', { channel: `<#${id}>` })}`;
}

function channelIn(raw: string): string | undefined {
  try {
    const { channel } = JSON.parse(raw) as { channel?: unknown };
    return typeof channel === 'string' ? /^(?:<#)?(\d{17,20})>?$/.exec(channel)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function argumentsBlock(say: Say, raw: string, mayAttach: boolean): { block: string; files?: MessageBody['files'] } {
  const { text: pretty, form } = readableArguments(raw);
  const whole = fenced(pretty, form);
  if (whole.length <= maxShown) return { block: whole };
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const begin = fenced(collapsed(say, pretty).slice(0, 700), form);
  const end = fenced(collapsed(say, pretty).slice(-250), form);
  const length = say(mayAttach ? 'card.in-file' : 'card.not-in-full', { number: raw.length, digest });
  return {
    block: `${begin}…${end}-# ${length}`,
    files: [{ name: `arguments.${form}`, data: Buffer.from(visible(pretty), 'utf8'), contentType: types[form] }],
  };
}

/** Replaces long runs of blanks by their length, because they push what follows out of sight. */
function collapsed(say: Say, text: string): string {
  return text.replaceAll(/[^\S\n]{20,}/g, (blanks) => ` ${say('card.blanks', { number: blanks.length })} `);
}

const outcomes = {
  allow: 'card.allowed',
  deny: 'card.denied',
  happened: 'card.happened',
  'did-not-happen': 'card.did-not-happen',
} as const;

function outcomeLine(say: Say, { requested, decided, decidedAt }: ApprovalState, runEnded: boolean): string {
  if (!decided) {
    if (runEnded) return say('card.run-ended');
    return say('card.decide-until', { when: `<t:${Math.floor(requested.expiresAt / 1_000)}:R>` });
  }
  if (decided.decision === 'expired') return say('card.expired');
  const reason = decided.reason === undefined ? '' : `: ${oneLine(decided.reason, 200)}`;
  const when = decidedAt === undefined ? '' : ` <t:${Math.floor(decidedAt / 1_000)}:t>`;
  return say(outcomes[decided.decision], { who: `${oneLine(decided.by, 80)}${when}${reason}` });
}

function choices(say: Say, runId: string, requested: ApprovalState['requested'], isReadable: boolean): ButtonSpec[] {
  const id = (answer: string) => `decide:${runId}:${requested.approval}:${answer}`;
  if (requested.kind === 'unknown-outcome') {
    return [
      { id: id('happened'), label: say('button.happened'), style: buttonStyle.secondary },
      ...(isReadable
        ? [{ id: id('did-not-happen'), label: say('button.did-not-happen'), style: buttonStyle.danger }]
        : []),
      { id: id('deny'), label: say('button.leave'), style: buttonStyle.secondary },
    ];
  }
  return [
    ...(isReadable ? [{ id: id('allow'), label: say('button.allow'), style: buttonStyle.success }] : []),
    { id: id('deny'), label: say('button.deny'), style: buttonStyle.danger },
  ];
}
