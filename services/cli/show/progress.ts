import { paint } from '#shared/ground/paint.ts';
import { duration, oneLine } from '../text.ts';
import type { Output } from '../terminal.ts';
import type { OtherEntry, TranscriptEvent } from './transcript.ts';

/**
 * Shows a run as lines: tool calls with their arguments, time and first words of the result, notices, failed attempts.
 * The model's text is not shown.
 */
export function createProgress(output: Output): (event: TranscriptEvent) => void {
  const say = (text: string) => output.write(`${text}\n`);
  const width = () => Math.max(output.columns - 2, 40);
  return (event) => {
    switch (event.type) {
      case 'tool-started':
        say(
          `${paint.cyan('→')} ${paint.bold(event.tool)} ${paint.dim(oneLine(event.arguments, width() - event.tool.length - 3))}`,
        );
        return;
      case 'tool-progress':
        say(paint.dim(`  ${oneLine(event.message, width())}`));
        return;
      case 'tool-finished':
        say(finishedLine(event.entry, width()));
        return;
      case 'entry':
        showEntry(event.entry, say);
        return;
      case 'taken-over':
        say(takenOver);
        return;
      case 'text':
      case 'text-void':
      case 'text-end':
        return;
    }
  };
}

/** The line that is shown when a worker died over a run. */
export const takenOver = paint.dim('· the worker is gone; another one goes on');

type Finished = Extract<TranscriptEvent, { type: 'tool-finished' }>['entry'];

/** A finished call on one line: ✓ tool 12 ms result. */
export function finishedLine(entry: Finished, width: number): string {
  const mark = entry.outcome === 'ok' ? paint.green('✓') : paint.red('✗');
  const head = `${entry.tool} ${duration(entry.durationMs)}`;
  const outcome = entry.outcome === 'ok' || entry.outcome === 'error' ? '' : `${entry.outcome}: `;
  return `${mark} ${paint.bold(entry.tool)} ${duration(entry.durationMs)} ${paint.dim(
    oneLine(outcome + withoutMarks(entry.content), width - head.length - 3),
  )}`;
}

/** The content without the tags that mark a result as data for the model. */
function withoutMarks(content: string): string {
  return content.replaceAll(/<\/?data-[0-9a-f]+(?: from="[^"]*")?>/g, '');
}

/** Tells a watching person what a journal entry says; most entries say nothing. */
export function showEntry(entry: OtherEntry, say: (text: string) => void): void {
  switch (entry.type) {
    case 'notice':
      say(`${paint.yellow('!')} ${oneLine(entry.text, 1_000)}`);
      return;
    case 'model.failed': {
      const again = entry.retryInMs === undefined ? '' : ` Trying again in ${duration(entry.retryInMs)}.`;
      say(`${paint.yellow('!')} ${oneLine(entry.message, 1_000)}${again}`);
      return;
    }
    case 'approval.decided':
      say(`${paint.dim('·')} ${entry.decision} (${oneLine(entry.by, 80)})`);
      return;
    case 'stop.requested':
      say(`${paint.yellow('!')} stopping …`);
      return;
    default:
  }
}
