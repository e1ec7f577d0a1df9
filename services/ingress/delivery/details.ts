import type { RawFile } from 'discord.js';
import { redact } from '#shared/process/log.ts';
import { readableArguments } from '#shared/run/arguments-text.ts';
import type { ApprovalState, CallState, RunState } from '#shared/run/fold/run-state.ts';
import { buttonRow, buttonStyle } from './buttons.ts';
import { fenced, inlineCode, oneLine } from './escape.ts';
import { costIn, secondsIn, sizeIn } from '../language/amounts.ts';
import type { Say } from '../language/say.ts';

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
export function detailsOf(say: Say, runId: string, state: RunState): Shown {
  const calls = [...state.calls.values()].filter(({ tool }) => tool !== '');
  const head = [totals(say, state), ...(calls.length === 0 ? [say('details.no-tool')] : [])];
  const tail = `-# ${say('details.run')}\n${fenced(runId, '')}`;
  const brief = calls.map((call, at) => callText(say, call, at, { state, most: maxArguments }));
  const kept: string[] = [];
  let room = maxChars - head.join('\n').length - tail.length;
  for (const text of brief) {
    room -= text.length + 1;
    if (room < 0) break;
    kept.push(text);
  }
  const left = calls.length - kept.length;
  const isWhole =
    left === 0 && calls.every((call, at) => callText(say, call, at, { state, most: Infinity }) === brief[at]);
  const note =
    left > 0
      ? [`-# ${say('details.more', { number: left, file: wholeName })}`]
      : isWhole
        ? []
        : [`-# ${say('details.in-full', { file: wholeName })}`];
  const thought = state.steps.some(({ answer }) => (answer.thought?.text ?? '').trim() !== '');
  return {
    content: redact([...head, ...kept, ...note, tail].join('\n')),
    components: thought
      ? [buttonRow([{ id: `thought:${runId}`, label: say('details.reasoning'), style: buttonStyle.secondary }])]
      : [],
    ...(!isWhole && { files: [wholeText(say, runId, state, calls)] }),
  };
}

function totals(say: Say, state: RunState): string {
  const { ended, usage, steps, acceptedAt, firstClaimAt } = state;
  const waited = firstClaimAt === undefined ? 0 : firstClaimAt - acceptedAt;
  const items = [
    [...state.models].map((model) => oneLine(model, 60)).join(', '),
    say('details.steps', { count: steps.length }),
    ended ? secondsIn(say, ended.durationMs) : say('details.at-work'),
    waited > 1_000 ? say('details.queued', { time: secondsIn(say, waited) }) : '',
    state.firstTokenMs === undefined ? '' : say('details.first-words', { time: secondsIn(say, state.firstTokenMs) }),
    state.waitedMs > 0 ? say('details.decisions', { time: secondsIn(say, state.waitedMs) }) : '',
    say('footer.tokens', { input: usage.inputTokens, output: usage.outputTokens }) +
      (usage.reasoningTokens ? ` (${say('details.thinking', { number: usage.reasoningTokens })})` : ''),
    costIn(say, usage),
  ];
  const head = say('details.head', { when: `<t:${Math.floor(acceptedAt / 1_000)}:T>` });
  return `${head}\n-# ${items.filter((item) => item !== '').join(' · ')}`;
}

const outcomes = {
  error: 'details.failed',
  refused: 'details.refused',
  interrupted: 'details.unclear',
  stopped: 'details.stopped',
} as const;

function callText(say: Say, call: CallState, at: number, { state, most }: { state: RunState; most: number }): string {
  const { tool, result } = call;
  const facts = [
    result ? (result.outcome === 'ok' ? '✓' : say(outcomes[result.outcome])) : say('details.no-result'),
    sizeIn(say, result?.size),
    result ? secondsIn(say, result.durationMs) : '',
    ...decisionsOf(say, call, state),
  ];
  return `${at + 1}. **${oneLine(tool, 60)}** · ${facts.filter(Boolean).join(' · ')}${argumentsText(call, most)}`;
}

function decisionsOf(say: Say, { step, call }: CallState, state: RunState): string[] {
  const asked = [...state.approvals.values()].filter(
    ({ requested }) => requested.step === step && requested.call === call,
  );
  return asked.map(({ decided }: ApprovalState) =>
    decided ? say(`details.${decided.decision}`, { who: oneLine(decided.by, 60) }) : say('details.undecided'),
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

const wholeName = 'details.md';

function wholeText(say: Say, runId: string, state: RunState, calls: CallState[]): RawFile {
  const title = `# ${say('details.run-title', { run: runId })}`;
  const lines = [
    title,
    totals(say, state),
    ...calls.map((call, at) => callText(say, call, at, { state, most: Infinity })),
  ];
  return { name: wholeName, data: Buffer.from(redact(lines.join('\n\n')), 'utf8'), contentType: 'text/markdown' };
}

/** What the model thought before its answers; undefined where it told nothing. */
export function reasoningOf(say: Say, state: RunState): Shown | undefined {
  const thoughts = state.steps.flatMap(({ answer }, at) => {
    const text = answer.thought?.text.trim() ?? '';
    return text === '' ? [] : [`${say('details.step', { number: at + 1 })}\n${text}`];
  });
  if (thoughts.length === 0) return undefined;
  const whole = redact(thoughts.join('\n\n'));
  if (whole.length <= maxChars - 100)
    return { content: `💭 **${say('details.reasoning')}**\n${fenced(whole, '')}`, components: [] };
  return {
    content: `${say('details.reasoning-file')}\n${fenced(`${whole.slice(0, 1_200)}…`, '')}`,
    components: [],
    files: [{ name: 'reasoning.txt', data: Buffer.from(whole, 'utf8'), contentType: 'text/plain' }],
  };
}
