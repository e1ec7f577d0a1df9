import type { RawFile } from 'discord.js';
import { redact } from '#shared/process/log.ts';
import { readableArguments } from '#shared/run/arguments-text.ts';
import type { ApprovalState, CallState, RunState } from '#shared/run/fold/run-state.ts';
import { buttonRow, buttonStyle } from './buttons.ts';
import { fenced, inlineCode, oneLine } from './escape.ts';
import { costText, seconds, sizeText } from './footer.ts';

/** What is shown to one person, and only to them. */
export interface Shown {
  content: string;
  components: object[];
  files?: RawFile[];
}

/** Discord's limit on a message, with room for the line that names the file. */
const maxChars = 1_850;
/** Characters of a call's arguments in the message; the file has all of them. */
const maxArguments = 500;
/** Characters of arguments that stand on a line of their own instead of in a block. */
const maxFlat = 60;

/** What was done for an answer: totals, each call with its arguments, and the run's id to copy. */
export function detailsOf(runId: string, state: RunState): Shown {
  const calls = [...state.calls.values()].filter(({ tool }) => tool !== '');
  const head = [`**What was done** ${totals(state)}`, ...(calls.length === 0 ? ['No tool was called.'] : [])];
  const tail = `-# the run, to copy or to report:\n${fenced(runId, '')}`;
  const brief = calls.map((call, at) => callText(call, at, state, maxArguments));
  const kept: string[] = [];
  let room = maxChars - head.join('\n').length - tail.length;
  for (const text of brief) {
    room -= text.length + 1;
    if (room < 0) break;
    kept.push(text);
  }
  const left = calls.length - kept.length;
  const isWhole = left === 0 && calls.every((call, at) => callText(call, at, state, Infinity) === brief[at]);
  const note = left > 0 ? [`-# … and ${left} more; all in details.md`] : isWhole ? [] : ['-# in full in details.md'];
  const thought = state.steps.some(({ answer }) => (answer.thought?.text ?? '').trim() !== '');
  return {
    content: redact([...head, ...kept, ...note, tail].join('\n')),
    components: thought
      ? [buttonRow([{ id: `thought:${runId}`, label: 'Reasoning', style: buttonStyle.secondary }])]
      : [],
    ...(!isWhole && { files: [wholeText(runId, state, calls)] }),
  };
}

function totals(state: RunState): string {
  const { ended, usage, steps, acceptedAt, firstClaimAt } = state;
  const waited = firstClaimAt === undefined ? 0 : firstClaimAt - acceptedAt;
  const items = [
    [...state.models].map((model) => oneLine(model, 60)).join(', '),
    `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
    ended ? seconds(ended.durationMs) : 'still at work',
    waited > 1_000 ? `${seconds(waited)} in the queue` : '',
    state.firstTokenMs === undefined ? '' : `first words after ${seconds(state.firstTokenMs)}`,
    state.waitedMs > 0 ? `${seconds(state.waitedMs)} waiting for a decision` : '',
    `${usage.inputTokens} → ${usage.outputTokens} tokens${usage.reasoningTokens ? ` (${usage.reasoningTokens} thinking)` : ''}`,
    costText(usage),
  ];
  return `<t:${Math.floor(acceptedAt / 1_000)}:T>\n-# ${items.filter((item) => item !== '').join(' · ')}`;
}

const marks = { ok: '✓', error: '✗ failed', refused: '⊘ refused', interrupted: '…? unknown', stopped: '■ stopped' };

function callText(call: CallState, at: number, state: RunState, most: number): string {
  const { tool, result } = call;
  const facts = [
    result ? marks[result.outcome] : 'no result',
    sizeText(result?.size),
    result ? seconds(result.durationMs) : '',
    ...decisionsOf(call, state),
  ];
  return `${at + 1}. **${oneLine(tool, 60)}** · ${facts.filter(Boolean).join(' · ')}${argumentsText(call, most)}`;
}

function decisionsOf({ step, call }: CallState, state: RunState): string[] {
  const asked = [...state.approvals.values()].filter(
    ({ requested }) => requested.step === step && requested.call === call,
  );
  return asked.map(({ decided }: ApprovalState) =>
    decided ? `✋ ${decided.decision} by ${oneLine(decided.by, 60)}` : '✋ not decided',
  );
}

/** The arguments in a block, short ones on a line; a query stands as it is written. */
function argumentsText({ arguments: raw }: CallState, most: number): string {
  const query = queryIn(raw);
  const { text, form } = query === undefined ? readableArguments(raw || '{}') : { text: query, form: 'sql' };
  if (text === '{}') return '';
  const flat = text.replaceAll(/\n */g, ' ');
  if (form === 'json' && flat.length <= maxFlat && !/`| {2}/.test(flat)) return `\n-# ${inlineCode(flat, maxFlat)}`;
  return `\n${fenced(text.length > most ? `${text.slice(0, most)}…` : text, form)}`;
}

/** The one text of arguments that are a query and perhaps a number of rows. */
function queryIn(raw: string): string | undefined {
  try {
    const { query, max_rows: _, ...rest } = JSON.parse(raw) as Record<string, unknown>;
    return typeof query === 'string' && Object.keys(rest).length === 0 ? query : undefined;
  } catch {
    return undefined;
  }
}

function wholeText(runId: string, state: RunState, calls: CallState[]): RawFile {
  const lines = [`# Run ${runId}`, totals(state), ...calls.map((call, at) => callText(call, at, state, Infinity))];
  return { name: 'details.md', data: Buffer.from(redact(lines.join('\n\n')), 'utf8'), contentType: 'text/markdown' };
}

/** What the model thought before its answers; undefined where it told nothing. */
export function reasoningOf(state: RunState): Shown | undefined {
  const thoughts = state.steps.flatMap(({ answer }, at) => {
    const text = answer.thought?.text.trim() ?? '';
    return text === '' ? [] : [`Step ${at + 1}\n${text}`];
  });
  if (thoughts.length === 0) return undefined;
  const whole = redact(thoughts.join('\n\n'));
  if (whole.length <= maxChars - 100) return { content: `💭 **Reasoning**\n${fenced(whole, '')}`, components: [] };
  return {
    content: `💭 **Reasoning**, in full in the file\n${fenced(`${whole.slice(0, 1_200)}…`, '')}`,
    components: [],
    files: [{ name: 'reasoning.txt', data: Buffer.from(whole, 'utf8'), contentType: 'text/plain' }],
  };
}
