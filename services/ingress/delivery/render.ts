import type { RawFile } from 'discord.js';
import { redact } from '#shared/process/log.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { MessageBody } from '../discord/api.ts';
import { flags } from '../discord/api.ts';
import type { Display } from '../display.ts';
import { REDACTED } from '../text/links.ts';
import type { CodeFile } from '../text/long-code.ts';
import type { SafetyRules } from '../text/safety.ts';
import { saidIn } from '../language/elsewhere.ts';
import type { Say, Words } from '../language/say.ts';
import { createStreamedText, type StreamedText } from '../text/stream.ts';
import type { TableFile } from '../text/tables/show.ts';
import { textOf } from './answer-text.ts';
import { approvalCard } from './approval-card.ts';
import { runButtons } from './buttons.ts';
import { versionOf } from './versions.ts';
import { oneLine } from './escape.ts';
import { questionCard } from './question-card.ts';
import { movedName, movedPart, refusedCard, refusedText } from './instead.ts';
import { footerText } from './footer.ts';
import { progressLines, subtext } from './progress.ts';
import { quoteLine } from './quote.ts';
import { isAnswerPart, type ShownPart } from './shown-part.ts';

/** Discord's limit on a message's text. */
const maxContent = 2_000;
/** Characters of answer text in one message, which leave room for the lines below it. */
const maxText = 1_700;
/** An answer of more messages than this comes as a file. */
const maxParts = 6;
/** Discord takes six messages for a command where the bot is no member; the others are for questions to people. */
const fewParts = 3;
/** More pictures would push the words out of sight. */
const mostDrawn = 4;
/** Discord takes no more files in a message. */
const mostFiles = 10;
/** Where no file can be sent, an answer ends after this many messages. */
const maxPartsWithoutFiles = 30;

export interface RenderInput {
  /** The language of what stands around the answer. */
  say: Say;
  runId: string;
  asker: string;
  display: Display;
  /** What the text may show: mentions, secrets. */
  rules: Omit<SafetyRules, 'done'>;
  /** What was left out of the question. */
  warnings: string[];
  /** Whether files may be sent in the channel. If not, their content comes as more messages. */
  files: boolean;
  /** Whether embeds may be sent in the channel. If not, their words come as plain text. */
  embeds: boolean;
  /** Whether Discord takes only few messages there. */
  fewParts: boolean;
  /** True when the run replaces the answer of another one. */
  replayed: boolean;
  /** What was asked, where Discord does not show it. */
  quote?: string | undefined;
  /** What was asked and when, where no question stands. */
  heading?: string;
  /** Why the answer comes here and not where it was asked for; a message of its own says so first. */
  moved?: string;
}

/** What a run waits for that shows nothing of its own yet. */
export interface Waiting {
  /** A line such as "Queued: position 3, about 40 s". */
  text: string;
  /** It waits for an earlier question of the same person in its conversation. */
  behindOwn?: boolean;
}

export interface Renderer {
  /** All messages that should stand now, in order. Empty while there is nothing to say. */
  render(state: RunState, waiting: Waiting | undefined, beside?: Beside): ShownPart[];
  /** Sends none of these from now on, because Discord has refused them. */
  without(what: 'files' | 'embeds' | 'buttons'): void;
  /** Shows, in place of a part that Discord refuses, why it does not stand. False when that was refused as well. */
  refuse(part: string, words: Words): boolean;
}

/** What goes with an answer that is complete. */
export interface Beside {
  pictures: RawFile[];
  /** What the person is told beneath it. */
  told: string[];
}

/** Makes the messages of a run. There is one renderer per run, so that shown parts keep their boundaries. */
export function createRenderer(input: RenderInput): Renderer {
  let { files } = input;
  let embeds = input.embeds;
  let buttons = true;
  /** What does not stand, by the name of the part; the parts of an answer as one. */
  const refused = new Map<string, string>();
  // Subtext, so that it is no part of the answer for whoever reads the message again.
  const lead = input.heading === undefined ? quoteLine(input.quote) : subtext(input.heading);
  let streamed = begin();
  let before = '';

  function begin(): StreamedText {
    return createStreamedText({ limit: maxText - lead.length, rules: input.rules, files, say: input.say });
  }

  /** A dead worker's half answer stays until the new answer has grown longer, or says something else. */
  function growing(text: string, done: boolean): string {
    if (!done && before.startsWith(text)) return before;
    if (!text.startsWith(before)) streamed = begin();
    before = text;
    return text;
  }

  function textsOf(state: RunState): string[] {
    const done = state.ended !== undefined;
    const text = growing(textOf(state, input.say), done);
    const texts = streamed.update(text, done);
    // The whole answer of a step ends its table, even when the run goes on: a paragraph break follows.
    const isWhole = !state.live && state.steps.length > 0 && text === textOf(state, input.say);
    return isWhole && streamed.rowsComing() !== undefined ? streamed.update(`${text}\n\n`, false) : texts;
  }

  return {
    render(state, waiting, { pictures, told } = { pictures: [], told: [] }) {
      const words = refused.get(answerName);
      const texts = words === undefined ? textsOf(state) : [refusedText(input.say, words)];
      const most = input.fewParts ? fewParts : files ? maxParts : maxPartsWithoutFiles;
      const answer: AnswerSoFar = {
        lead,
        shown: texts.slice(0, most),
        tooLong: texts.length > most,
        rowsComing: words === undefined ? streamed.rowsComing() : undefined,
        files: files ? (words === undefined ? filesBeside(input.say, state, streamed, pictures) : []) : undefined,
        rows: words === undefined && streamed.files().some(({ table, shown }) => shown < table.rows.length),
        unshown: files ? 0 : pictures.length,
        warnings: [...input.warnings, ...told],
        plain: !embeds || words !== undefined,
        buttons,
      };
      return [
        ...(input.moved === undefined ? [] : [movedPart(input.moved)]),
        ...answerParts(input, state, answer, waiting),
        ...cards(input, state, files).map((card) => refusedCard(input.say, card, refused.get(card.name))),
      ];
    },
    without(what) {
      if (what === 'embeds') embeds = false;
      if (what === 'buttons') buttons = false;
      if (what !== 'files') return;
      files = false;
      streamed = begin();
    },
    refuse(part, words) {
      const name = isAnswerPart(part) ? answerName : part;
      if (refused.has(name) || name === movedName) return false;
      refused.set(name, words(input.say));
      return true;
    },
  };
}

const answerName = 'answer';

interface AnswerSoFar {
  /** The line above the answer. */
  lead: string;
  /** Without embeds, whatever the channel's style. */
  plain: boolean;
  buttons: boolean;
  shown: string[];
  /** The answer is longer than may be sent as messages. */
  tooLong: boolean;
  /** Rows of a table that is being written. */
  rowsComing: number | undefined;
  /** Files that go with the complete answer; undefined where no file may be sent. */
  files: RawFile[] | undefined;
  /** A table has rows that are not shown. */
  rows: boolean;
  /** How many pictures cannot be sent. */
  unshown: number;
  /** What the person is told beneath it. */
  warnings: string[];
}

function answerParts(
  input: RenderInput,
  state: RunState,
  answer: AnswerSoFar,
  waiting: Waiting | undefined,
): ShownPart[] {
  const { shown, tooLong } = answer;
  const files = [...(tooLong && answer.files ? [wholeAnswer(input.say, state)] : []), ...(answer.files ?? [])].slice(
    0,
    mostFiles,
  );
  const beneath = linesBeneath(input, state, answer, waiting);
  if (shown.length === 0) {
    if (beneath.length === 0) return [];
    shown.push('');
  }
  const versions = versionOf(input.runId);
  return shown.map((text, index) => {
    const last = index === shown.length - 1;
    const above = index === 0 ? answer.lead : '';
    const content = last ? withLines(text, state, beneath, above) : under(above, text);
    const style = answer.plain ? 'plain' : input.display.style;
    const body = dressed(content, style, state, last);
    const further = { rows: answer.rows, versions, behindOwn: waiting?.behindOwn ?? false };
    body.components = last && answer.buttons ? runButtons(input.say, input.runId, state, further) : [];
    if (last && state.ended && files.length > 0) body.files = files;
    return { name: String(index), body, replyTo: index === 0 ? 'question' : 'previous' };
  });
}

function linesBeneath(
  input: RenderInput,
  state: RunState,
  answer: AnswerSoFar,
  waiting: Waiting | undefined,
): string[] {
  const { ended } = state;
  const lines: string[] = [];
  if (!ended) {
    lines.push(...progressLines(state, input.display.progress));
    if (answer.rowsComing !== undefined) lines.push(subtext(comingText(input.say, answer.rowsComing)));
    if (state.stopBy !== undefined) lines.push(subtext(input.say('run.stopping')));
    if (waiting) lines.push(subtext(waiting.text));
  }
  const notices = [
    ...[...state.notices.values()].map((text) => `ℹ️ ${saidIn(input.say, text)}`),
    ...answer.warnings.map((text) => `⚠️ ${text}`),
  ];
  // While there is nothing else to say, the warnings can wait for the first words.
  if (ended || lines.length > 0 || state.steps.length > 0 || state.live || state.notices.size > 0) {
    lines.push(...notices.map((text) => subtext(oneLine(text, 300))));
  }
  if (answer.tooLong) lines.push(subtext(input.say(restKey(answer.files !== undefined, ended !== undefined))));
  if (answer.unshown > 0) {
    lines.push(subtext(input.say('run.pictures-left-out', { number: answer.unshown })));
  }
  if (ended) {
    if (input.replayed) lines.push(subtext(input.say('run.answered-anew')));
    const footer = footerText(input.say, input.runId, state, input.display.footer);
    if (footer !== undefined) lines.push(subtext(footer));
  }
  return lines;
}

function comingText(say: Say, rows: number): string {
  return rows === 0 ? say('run.table') : say('run.table-rows', { count: rows });
}

function restKey(mayAttach: boolean, ended: boolean): 'run.rest-left-out' | 'run.whole-in-file' | 'run.rest-in-file' {
  if (!mayAttach) return 'run.rest-left-out';
  return ended ? 'run.whole-in-file' : 'run.rest-in-file';
}

function under(line: string, text: string): string {
  return [line, text].filter((each) => each !== '').join('\n');
}

/** The text with the lines below it; when not all lines fit, the last ones stay. */
function withLines(text: string, state: RunState, lines: string[], above: string): string {
  const writing = !state.ended && text !== '' ? (text.endsWith('```') ? '\n⚪' : ' ⚪') : '';
  let content = under(above, text + writing);
  const fitting: string[] = [];
  let room = maxContent - content.length;
  for (const line of lines.toReversed()) {
    room -= line.length + 1;
    if (room < 0) break;
    fitting.unshift(line);
  }
  if (fitting.length > 0) content = [content, ...fitting].filter((line) => line !== '').join('\n');
  return content;
}

const colour = { running: 0xe67e22, answered: 0x1f8b4c, failed: 0xe74c3c, stopped: 0x95a5a6 } as const;

function dressed(content: string, style: Display['style'], state: RunState, last: boolean): MessageBody {
  if (style === 'plain') return { content, flags: flags.suppressEmbeds | flags.silent };
  const outcome = state.ended?.outcome ?? (last ? 'running' : 'answered');
  return { content: '', embeds: [{ description: content, color: colour[outcome] }], flags: flags.silent };
}

/** Files of tables, then pictures: those of tools, or, where they brought none, those that are drawn of tables. */
function filesBeside(say: Say, state: RunState, streamed: StreamedText, pictures: RawFile[]): RawFile[] {
  const tables = [...streamed.files().map(tableFile), ...streamed.code().map((file) => codeFile(say, file))];
  if (!state.ended || pictures.length > 0) return [...tables, ...pictures];
  const drawn = streamed.pictures().flatMap(({ name, draw }) => {
    const data = draw();
    return data ? [{ name, data, contentType: 'image/png' }] : [];
  });
  return [...tables, ...drawn.slice(0, mostDrawn)];
}

function tableFile({ name, csv }: TableFile): RawFile {
  return { name, data: Buffer.from(redact(csv), 'utf8'), contentType: 'text/csv' };
}

function codeFile(say: Say, { name, code }: CodeFile): RawFile {
  return {
    name,
    data: Buffer.from(redact(code.replaceAll(REDACTED, say('text.secret'))), 'utf8'),
    contentType: 'text/plain',
  };
}

function wholeAnswer(say: Say, state: RunState): RawFile {
  return { name: 'answer.md', data: Buffer.from(redact(textOf(state, say)), 'utf8'), contentType: 'text/markdown' };
}

function cards(input: RenderInput, state: RunState, files: boolean): ShownPart[] {
  const ended = state.ended !== undefined;
  const approvals = [...state.approvals.values()].map((approval) => ({
    name: `approval:${approval.requested.approval}`,
    body: approvalCard(input.say, input.runId, input.asker, approval, ended, files),
    replyTo: 'question' as const,
  }));
  const questions = [...state.questions.values()].map((question) => ({
    name: `question:${question.asked.question}`,
    body: questionCard(input.say, input.runId, input.asker, question, ended, input.rules),
    replyTo: 'question' as const,
  }));
  return [...approvals, ...questions];
}
