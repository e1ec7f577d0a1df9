import type { Display } from '../display.ts';
import { inlineCode, oneLine } from './escape.ts';
import type { RunView, ToolLine } from './run-view.ts';

const maxLines = 8;
const maxLineChars = 120;

/** The small lines that say which tools work, by the channel's mode; empty when there is nothing to say. */
export function progressLines(view: RunView, mode: Display['progress']): string[] {
  if (mode === 'off' || view.ended) return [];
  const lines = [...view.tools.values()];
  if (mode === 'new') {
    const current = lines.findLast((line) => !line.outcome);
    return current ? [subtext(headline(current, false))] : [];
  }
  return lines.slice(-maxLines).map((line) => subtext(headline(line, mode === 'verbose')));
}

const marks = { ok: '✓', error: '✗', refused: '⊘', interrupted: '…?', stopped: '■' } as const;

function headline(line: ToolLine, withArguments: boolean): string {
  const mark = line.outcome ? marks[line.outcome] : '🔎';
  const name = line.tool.replaceAll('_', ' ');
  const about = line.outcome ? '' : line.message ? `: ${oneLine(line.message, 60)}` : '…';
  const argument = withArguments ? ` ${inlineCode(line.arguments, 70)}` : '';
  return `${mark} ${oneLine(name, 60)}${argument}${about}`.slice(0, maxLineChars);
}

/** Discord's small grey line. */
export function subtext(text: string): string {
  return `-# ${text}`;
}
