import type { RawFile } from 'discord.js';
import { redact } from '#shared/process/log.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Say } from '../language/say.ts';
import type { SafetyRules } from '../text/safety.ts';
import { createStreamedText } from '../text/stream.ts';
import { textOf } from './answer-text.ts';
import { buttonRow, buttonStyle } from './buttons.ts';
import type { Shown } from './details.ts';

const maxText = 1_700;

/** Which answer of how many is shown; `latest` is the run of the last one. */
export interface Version {
  latest: string;
  number: number;
  count: number;
}

/** An answer that a later one has replaced, for one person, with buttons to its neighbours. */
export function earlierAnswer(say: Say, state: RunState, rules: Omit<SafetyRules, 'done'>, version: Version): Shown {
  const { latest, number, count } = version;
  const text = textOf(state, say);
  const streamed = createStreamedText({ limit: maxText, rules, say });
  const parts = streamed.update(text, true);
  const files: RawFile[] = [];
  if (parts.length > 1) files.push(file(`answer-${number}.md`, text, 'text/markdown'));
  for (const { name, csv } of streamed.files().slice(0, 8)) files.push(file(name, csv, 'text/csv'));
  const turn = (label: string, to: number) => ({
    id: `older:${latest}:${to}`,
    label,
    style: buttonStyle.secondary,
    disabled: to < 1 || to > count,
  });
  const models = [...state.models].join(', ');
  const when = `<t:${Math.floor(state.acceptedAt / 1_000)}:f>`;
  const head = say('older.head', { number, all: count });
  const rest = parts.length > 1 ? say('older.in-file') : '';
  return {
    content: `-# ${[head, models, when, rest].filter(Boolean).join(' · ')}\n${parts[0] ?? ''}`,
    components: [buttonRow([turn('‹', number - 1), turn('›', number + 1)])],
    ...(files.length > 0 && { files }),
  };
}

function file(name: string, text: string, contentType: string): RawFile {
  return { name, data: Buffer.from(redact(text), 'utf8'), contentType };
}
