import { listRecent } from '#shared/run/list.ts';
import { askAgain } from '../request/again.ts';
import type { Command } from './command.ts';
import { answerLink } from './links.ts';

/** The latest runs of a person that are looked at. */
const looked = 50;

/** Asks the person's last question in this channel again. */
export const retryLast: Command = {
  definition: { name: 'retry', type: 1, description: 'Asks your last question in this channel again' },
  async use(interaction, ingress) {
    const { rows } = await listRecent(ingress.redis, { user: `discord:${interaction.author.id}`, limit: looked });
    const last = rows.find(
      ({ request, replayedBy }) => request.discord?.channel === interaction.channel && replayedBy === undefined,
    );
    if (!last) return { say: interaction.say('retry.none') };
    if (last.status !== 'ended') return { say: interaction.say('retry.unanswered') };
    const why = await askAgain(last, interaction.author, ingress);
    if (why) return { say: why(interaction.say) };
    const link = await answerLink(last, ingress.deliveries);
    return { say: interaction.say('retry.asking', { link: link ?? '' }).trimEnd() };
  },
};
