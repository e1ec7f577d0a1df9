import { plainName } from '../request/names.ts';
import type { Command } from './command.ts';
import { enterByCommand } from './enter-by-command.ts';

/** The context menu of a message: the message is the question, or what the question is about. */
export const askAbout: Command = {
  definition: { name: 'Ask Dragoman', type: 3, description: '' },
  public: true,
  use: async (interaction, ingress) => {
    const { message } = interaction;
    if (!message || !('shown' in message)) return { say: interaction.say('message.unseen') };
    const own = message.author.id === interaction.author.id;
    if (own) return enterByCommand(interaction, ingress, message.shown);
    const about = `Please deal with this message of ${plainName(message.author.name)}:`;
    const text = `${about}\n\n${message.shown.text}`.trimEnd();
    return enterByCommand(
      interaction,
      ingress,
      { ...message.shown, text },
      `${plainName(message.author.name)}: ${message.shown.text}`,
    );
  },
};
