import { busyModes } from '#shared/ground/vocabulary.ts';
import { changeSettings } from '#shared/settings/change-settings.ts';
import { settingsAt } from '../request/settings.ts';
import type { Command } from './command.ts';

/** What a person's messages do while an answer of theirs is made. */
export const busy: Command = {
  definition: {
    name: 'busy',
    type: 1,
    description: 'What becomes of what you write while I work on a question of yours',
    options: [
      {
        type: 3,
        name: 'choice',
        description: 'Shows what counts now when left out',
        choices: [
          { name: 'queue: it is answered next', value: 'queue' },
          { name: 'steer: the running answer takes it up', value: 'steer' },
          { name: 'interrupt: the running answer stops for it', value: 'interrupt' },
        ],
      },
    ],
  },
  async use(interaction, ingress) {
    const chosen = busyModes.find((mode) => mode === interaction.values.get('choice'));
    const { say } = interaction;
    if (chosen) {
      const { id, name } = interaction.author;
      await changeSettings(ingress.redis, `person:discord:${id}`, { busy: chosen }, { kind: 'discord', id, name });
      return { say: `${say('busy.from-now-on')} ${say(`busy.${chosen}`)}` };
    }
    const { values } = await settingsAt(ingress, interaction);
    return { say: say(`busy.${values.busy ?? ingress.config.DISCORD_BUSY}`) };
  },
};
