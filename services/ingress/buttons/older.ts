import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { earlierAnswer } from '../delivery/earlier-answer.ts';
import { rulesFor } from '../delivery/rules.ts';
import { versionOf } from '../delivery/versions.ts';
import { runShownHere, type Button, type ButtonContext } from './button.ts';

/** Shows answers that Retry has replaced: `older:run` the one before, `older:run:number` any of them. */
export const older: Button = async (press, ingress) => {
  const latest = await runShownHere(press, ingress);
  if (!latest) return { say: press.interaction.say('older.gone') };
  const count = versionOf(latest.id);
  const [asked] = press.rest;
  const number = Math.min(count, Math.max(1, asked === undefined ? count - 1 : Number(asked) || 1));
  const record = await back(latest, count - number, ingress);
  if (!record) return { say: press.interaction.say('older.gone') };
  const state = foldJournal(await ingress.runs.journal(record.id));
  const rules = rulesFor(record.request, ingress.config);
  const { content, ...rest } = earlierAnswer(press.interaction.say, state, rules, { latest: latest.id, number, count });
  return { say: content, ...rest, update: asked !== undefined };
};

/** The run that answered so many retries before this one. */
async function back(latest: RunRecord, steps: number, ingress: ButtonContext): Promise<RunRecord | undefined> {
  let record: RunRecord | undefined = latest;
  for (let left = steps; left > 0 && record; left -= 1) {
    const replayOf: string | undefined = record.request.replayOf;
    record = replayOf === undefined ? undefined : await ingress.runs.read(replayOf);
  }
  return record;
}
