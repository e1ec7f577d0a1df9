import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '#shared/run/record.ts';
import { whyUnpaid } from '../request/budget.ts';
import { askAgain } from '../request/again.ts';
import { plainName } from '../request/names.ts';
import { isAsker, type Button, type ButtonContext } from './button.ts';

/** Milliseconds that a stopped run gets to end. */
const patienceMs = 15_000;
const lookMs = 100;

/** Asks a question again that was edited; what is being answered to its old text is stopped first. */
export const rerun: Button = async (press, ingress) => {
  const { say } = press.interaction;
  const record = await newestTry(press.runId, ingress);
  if (!record) return { say: `-# ${say('rerun.gone')}`, update: true };
  if (!isAsker(press, record)) {
    return { say: say('rerun.not-yours', { person: `<@${record.request.caller.id}>` }) };
  }
  // Nothing is stopped for an answer that does not come.
  const unpaid = await whyUnpaid(ingress, record.request.caller);
  if (unpaid) return { say: unpaid(say) };
  const by = plainName(press.interaction.author.name);
  if (record.status !== 'ended') await ingress.runs.stop(record.id, by);
  if (!(await hasEnded(record.id, ingress))) return { say: say('rerun.still-stopping') };
  const why = await askAgain(record, press.interaction.author, ingress);
  if (why) return { say: why(say) };
  return { say: `-# ${say('rerun.asked')}`, update: true };
};

/** The last of the runs that answered the question in each other's place. */
async function newestTry(runId: string, { runs }: ButtonContext): Promise<RunRecord | undefined> {
  let record = await runs.read(runId);
  for (let tries = 0; record?.replayedBy !== undefined && tries < 100; tries += 1) {
    record = (await runs.read(record.replayedBy)) ?? record;
  }
  return record;
}

async function hasEnded(runId: string, { runs }: ButtonContext): Promise<boolean> {
  const late = performance.now() + patienceMs;
  while (performance.now() < late) {
    if ((await runs.read(runId))?.status === 'ended') return true;
    await sleep(lookMs);
  }
  return false;
}
