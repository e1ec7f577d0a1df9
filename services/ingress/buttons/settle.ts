import type { Decision } from '#shared/run/decide.ts';
import { approvalList } from '../delivery/approval-list.ts';
import { decidableBy } from '../request/decidable.ts';
import { plainName } from '../request/names.ts';
import { decisions } from './decide.ts';
import type { Button } from './button.ts';

/** Decides an approval from the list of `/approve`: only one that this person may decide from where they are. */
export const settle: Button = async ({ interaction, runId, rest }, ingress) => {
  const [approval = '', decision = ''] = rest;
  const open = await decidableBy(interaction, ingress);
  const asked = open.find((each) => each.runId === runId && each.request.approval === approval);
  const said = asked && decisions.has(decision) ? undefined : interaction.say('approve.settled');
  if (asked && said === undefined) {
    const by = plainName(interaction.author.name);
    await ingress.runs.decide(runId, approval, { decision: decision as Decision, by });
  }
  const { content, components } = approvalList(
    interaction.say,
    open.filter((each) => each !== asked),
  );
  return { say: said === undefined ? content : `⚠️ ${said}\n${content}`, components, update: true };
};
