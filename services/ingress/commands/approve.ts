import { approvalList } from '../delivery/approval-list.ts';
import { decidableBy } from '../request/decidable.ts';
import { withServersApprovers } from '../request/settings.ts';
import type { Command } from './command.ts';

/** Lists the open questions that the person may decide here, to be decided there. */
export const approve: Command = {
  definition: { name: 'approve', type: 1, description: 'What waits for a decision that you may make' },
  async use(interaction, ingress) {
    const asked = await withServersApprovers(ingress, interaction.guild);
    const { content, components } = approvalList(interaction.say, await decidableBy(interaction, asked));
    return { say: content, components };
  },
};
