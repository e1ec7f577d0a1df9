import type { CallState, RunState } from '#shared/run/fold/run-state.ts';
import type { Display } from '../display.ts';
import { inlineCode, oneLine } from './escape.ts';

const maxLines = 8;
const maxLineChars = 120;

/** The small lines that say which tools work, by the channel's mode; empty when there is nothing to say. */
export function progressLines(state: RunState, mode: Display['progress']): string[] {
  if (mode === 'off' || state.ended) return [];
  const calls = [...state.calls.values()].filter(({ intent }) => intent);
  if (mode === 'new') {
    const current = calls.findLast(({ result }) => !result);
    return current ? [subtext(headline(current, false))] : [];
  }
  return calls.slice(-maxLines).map((call) => subtext(headline(call, mode === 'verbose')));
}

const marks = { ok: '✓', error: '✗', refused: '⊘', interrupted: '…?', stopped: '■' } as const;

function headline({ tool, arguments: args, result, progress }: CallState, withArguments: boolean): string {
  const mark = result ? marks[result.outcome] : '🔎';
  const name = tool.replaceAll('_', ' ');
  const about = result ? '' : progress ? `: ${oneLine(progress, 60)}` : '…';
  const argument = withArguments ? ` ${inlineCode(args, 70)}` : '';
  return `${mark} ${oneLine(name, 60)}${argument}${about}`.slice(0, maxLineChars);
}

/** Discord's small grey line. */
export function subtext(text: string): string {
  return `-# ${text}`;
}
