import { createHash } from 'node:crypto';
import type { ApprovalState } from '#shared/run/fold/run-state.ts';
import { readableArguments } from '#shared/run/arguments-text.ts';
import { flags, type MessageBody } from '../discord/api.ts';
import { buttonRow, buttonStyle, type ButtonSpec } from './buttons.ts';
import { fenced, inlineCode, oneLine, visible } from './escape.ts';

/** Characters of arguments that the card itself shows; longer ones come as a file. */
const maxShown = 1_200;

const types = { json: 'application/json', diff: 'text/x-diff' };

/**
 * A card that asks people about one tool call. It is made only from the journal's fields, never from a model's words.
 * The arguments stand in full, edits of a file as a diff, in a code block that nothing can break out of, with hidden characters shown. When they do
 * not fit, a file has them, and the card gives length and digest. With `mayAttach` false no file can be sent, and what
 * cannot be read here cannot be allowed here.
 */
export function approvalCard(
  runId: string,
  asker: string,
  approval: ApprovalState,
  runEnded: boolean,
  mayAttach: boolean,
): MessageBody {
  const { requested, decided } = approval;
  const tool = inlineCode(requested.tool, 80);
  const head =
    requested.kind === 'unknown-outcome'
      ? `❓ **${tool} may or may not have happened.** A worker died while the call was under way. Did it happen?`
      : `✋ **Dragoman asks before it runs ${tool}**`;
  const lines = [head, `-# asked by <@${asker}> · run ${inlineCode(runId, 60)}`];
  const where = channelLine(requested);
  if (where !== undefined) lines.push(where);
  if (requested.why !== undefined) lines.push(oneLine(requested.why, 300));
  const { block, files } = argumentsBlock(requested.arguments, mayAttach);
  lines.push(block, outcomeLine(approval, runEnded));
  const body: MessageBody = { content: lines.join('\n'), flags: flags.suppressEmbeds };
  body.components = decided || runEnded ? [] : [buttonRow(choices(runId, requested, mayAttach || !files))];
  if (files && mayAttach) body.files = files;
  return body;
}

/** For a message that is to be posted: its channel, which Discord shows by the name that it has now. */
function channelLine({ tool, arguments: raw }: ApprovalState['requested']): string | undefined {
  if (tool !== 'discord_post_message') return undefined;
  const id = channelIn(raw);
  return id === undefined ? undefined : `-# to be posted in <#${id}>`;
}

function channelIn(raw: string): string | undefined {
  try {
    const { channel } = JSON.parse(raw) as { channel?: unknown };
    return typeof channel === 'string' ? /^(?:<#)?(\d{17,20})>?$/.exec(channel)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function argumentsBlock(raw: string, mayAttach: boolean): { block: string; files?: MessageBody['files'] } {
  const { text: pretty, form } = readableArguments(raw);
  const whole = fenced(pretty, form);
  if (whole.length <= maxShown) return { block: whole };
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const begin = fenced(collapsed(pretty).slice(0, 700), form);
  const end = fenced(collapsed(pretty).slice(-250), form);
  const where = mayAttach
    ? 'in full in the file. Read it before you decide.'
    : 'not shown in full, for I lack the permission *Attach Files* here. `npx dragoman approvals` shows and decides it.';
  return {
    block: `${begin}…${end}-# ${raw.length} characters, sha256 ${digest}…; ${where}`,
    files: [{ name: `arguments.${form}`, data: Buffer.from(visible(pretty), 'utf8'), contentType: types[form] }],
  };
}

/** Replaces long runs of blanks by their length, because they push what follows out of sight. */
function collapsed(text: string): string {
  return text.replaceAll(/[^\S\n]{20,}/g, (blanks) => ` ⟨${blanks.length} blanks⟩ `);
}

const outcomes = {
  allow: '✅ Allowed',
  deny: '⛔ Denied',
  expired: '⌛ Expired: nobody decided in time',
  happened: '✅ It happened',
  'did-not-happen': '↩️ It did not happen',
} as const;

function outcomeLine({ requested, decided, decidedAt }: ApprovalState, runEnded: boolean): string {
  if (!decided) {
    if (runEnded) return '⌛ The run ended before anybody decided.';
    return `Decide <t:${Math.floor(requested.expiresAt / 1_000)}:R>, or it is refused.`;
  }
  if (decided.decision === 'expired') return outcomes.expired;
  const reason = decided.reason === undefined ? '' : `: ${oneLine(decided.reason, 200)}`;
  const when = decidedAt === undefined ? '' : ` <t:${Math.floor(decidedAt / 1_000)}:t>`;
  return `${outcomes[decided.decision]} by ${oneLine(decided.by, 80)}${when}${reason}`;
}

function choices(runId: string, requested: ApprovalState['requested'], isReadable: boolean): ButtonSpec[] {
  const id = (answer: string) => `decide:${runId}:${requested.approval}:${answer}`;
  if (requested.kind === 'unknown-outcome') {
    return [
      { id: id('happened'), label: 'It happened', style: buttonStyle.secondary },
      ...(isReadable ? [{ id: id('did-not-happen'), label: 'It did not: run it', style: buttonStyle.danger }] : []),
      { id: id('deny'), label: 'Leave it', style: buttonStyle.secondary },
    ];
  }
  return [
    ...(isReadable ? [{ id: id('allow'), label: 'Allow once', style: buttonStyle.success }] : []),
    { id: id('deny'), label: 'Deny', style: buttonStyle.danger },
  ];
}
