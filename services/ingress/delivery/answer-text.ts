import type { RunState } from '#shared/run/fold/run-state.ts';
import { saidIn } from '../language/elsewhere.ts';
import type { Say } from '../language/say.ts';

/**
 * The text of the answer so far: the answers of all steps in order, with a paragraph break between them, so that
 * nothing that was read vanishes. When the run did not answer, the sentence that says why follows.
 */
export function textOf({ steps, live, brokeOff, ended }: RunState, say?: Say): string {
  const newest = live?.text ?? (ended ? brokeOff : undefined) ?? '';
  const texts = [...steps.map(({ answer }) => answer.text), newest];
  const streamed = texts.map((text) => text.trim()).filter((text) => text !== '');
  const last = ended?.text.trim() ?? '';
  if (!ended || last === '' || streamed.join('\n\n').endsWith(last)) return streamed.join('\n\n');
  if (ended.outcome === 'answered') return last;
  const words = say ? saidIn(say, last) : last;
  // What was handed to another run has a sign of its own.
  if (ended.reason === 'steered') return words;
  return [...streamed, `${ended.outcome === 'stopped' ? '⏹️' : '❌'} ${words}`].join('\n\n');
}
