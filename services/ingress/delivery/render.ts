import { redact } from '#shared/log.ts';
import type { MessageBody } from '../discord/api.ts';
import { flags } from '../discord/api.ts';
import type { Display } from '../display.ts';
import type { SafetyRules } from '../text/safety.ts';
import { createStreamedText } from '../text/stream.ts';
import { approvalCard } from './approval-card.ts';
import { runButtons } from './buttons.ts';
import { oneLine } from './escape.ts';
import { footerText } from './footer.ts';
import { progressLines, subtext } from './progress.ts';
import { textOf, type RunView } from './run-view.ts';

/** Discord's limit on a message's text. */
const maxContent = 2_000;
/** What text of an answer fills of it at most: room for the lines beneath. */
const maxText = 1_700;
/** Beyond so many messages the whole answer comes as a file. */
const maxParts = 6;

/** One message as it should stand. */
export interface ShownPart {
  /** `0`, `1` … for the answer, `approval:<id>` for cards. */
  name: string;
  body: MessageBody;
  /** What it replies to: the question, or the part before it. */
  replyTo: 'question' | 'previous';
}

export interface RenderInput {
  runId: string;
  asker: string;
  display: Display;
  /** What the text may show: mentions, secrets. */
  rules: Omit<SafetyRules, 'done'>;
  /** Things left out of the question. */
  warnings: string[];
  /** Set when the run answers anew what another one had answered. */
  replayed: boolean;
}

/** Where a run stands that shows nothing of its own yet. */
export interface Waiting {
  /** A line such as "Queued: position 3, about 40 s". */
  text: string;
}

export interface Renderer {
  /** All messages that should stand now, in order. Empty while there is nothing to say. */
  render(view: RunView, waiting: Waiting | undefined): ShownPart[];
}

/** Makes messages of a run. One renderer per run: parts that were shown keep their boundaries. */
export function createRenderer(input: RenderInput): Renderer {
  let streamed = createStreamedText({ limit: maxText, rules: input.rules });
  let before = '';

  /** A dead worker's half answer stays until the new one has overtaken it, or says something else. */
  function growing(text: string, done: boolean): string {
    if (!done && before.startsWith(text)) return before;
    if (!text.startsWith(before)) streamed = createStreamedText({ limit: maxText, rules: input.rules });
    before = text;
    return text;
  }

  return {
    render(view, waiting) {
      const done = view.ended !== undefined;
      const parts = streamed.update(growing(textOf(view), done), done);
      return [...answerParts(input, view, parts, waiting), ...cards(input, view)];
    },
  };
}

function answerParts(input: RenderInput, view: RunView, texts: string[], waiting: Waiting | undefined): ShownPart[] {
  const tooLong = texts.length > maxParts;
  const shown = tooLong ? texts.slice(0, maxParts) : texts;
  const beneath = linesBeneath(input, view, waiting, tooLong);
  if (shown.length === 0) {
    if (beneath.length === 0) return [];
    shown.push('');
  }
  return shown.map((text, index) => {
    const last = index === shown.length - 1;
    const content = last ? withLines(text, view, beneath) : text;
    const body = dressed(content, input.display, view, last);
    body.components = last ? runButtons(input.runId, view) : [];
    if (last && tooLong && view.ended) body.files = [wholeAnswer(view)];
    return { name: String(index), body, replyTo: index === 0 ? 'question' : 'previous' };
  });
}

function linesBeneath(input: RenderInput, view: RunView, waiting: Waiting | undefined, tooLong: boolean): string[] {
  const { ended } = view;
  const lines: string[] = [];
  if (!ended) {
    lines.push(...progressLines(view, input.display.progress));
    if (view.stopBy !== undefined) lines.push(subtext('⏹️ Stopping…'));
    if (waiting) lines.push(subtext(waiting.text));
  }
  const notices = [...view.notices.map((text) => `ℹ️ ${text}`), ...input.warnings.map((text) => `⚠️ ${text}`)];
  // Before there is anything else to say, what was left out can wait for the first words.
  if (ended || lines.length > 0 || view.answers.size > 0 || view.live || view.notices.length > 0) {
    lines.push(...notices.map((text) => subtext(oneLine(text, 200))));
  }
  if (tooLong) lines.push(subtext(ended ? '📄 The whole answer is in the file.' : '📄 The rest comes as a file.'));
  if (ended) {
    if (view.replayedBy !== undefined) lines.push(subtext(`♻️ replayed by ${oneLine(view.replayedBy, 60)}`));
    else if (input.replayed) lines.push(subtext('♻️ answered anew'));
    const footer = footerText(input.runId, ended, input.display.footer);
    if (footer !== undefined) lines.push(subtext(footer));
  }
  return lines;
}

/** The text with the lines beneath it, as many of the last ones as fit. */
function withLines(text: string, view: RunView, lines: string[]): string {
  const writing = !view.ended && text !== '' ? (text.endsWith('```') ? '\n⚪' : ' ⚪') : '';
  let content = text + writing;
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

function dressed(content: string, display: Display, view: RunView, last: boolean): MessageBody {
  if (display.style === 'plain') return { content, flags: flags.suppressEmbeds | flags.silent };
  const state = view.ended?.outcome ?? (last ? 'running' : 'answered');
  return { content: '', embeds: [{ description: content, color: colour[state] }], flags: flags.silent };
}

function wholeAnswer(view: RunView): { name: string; data: Buffer; contentType: string } {
  return { name: 'answer.md', data: Buffer.from(redact(textOf(view)), 'utf8'), contentType: 'text/markdown' };
}

function cards(input: RenderInput, view: RunView): ShownPart[] {
  return [...view.approvals.values()].map((approval) => ({
    name: `approval:${approval.requested.approval}`,
    body: approvalCard(input.runId, input.asker, approval, view.ended !== undefined),
    replyTo: 'question' as const,
  }));
}
