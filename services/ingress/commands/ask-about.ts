import { plainName } from '../request/names.ts';
import type { Command } from './command.ts';
import { enterByCommand } from './enter-by-command.ts';

/** The context menu of a message: the message is the question, or what the question is about. */
export const askAbout: Command = {
  definition: { name: 'Ask Dragoman', type: 3, description: '' },
  public: true,
  use: async (interaction, ingress) => {
    const { message } = interaction;
    if (!message || !('content' in message)) return { say: 'I cannot see this message.' };
    const own = message.author.id === interaction.author.id;
    const about = `Please deal with this message of ${plainName(message.author.name)}:\n\n`;
    return enterByCommand(interaction, ingress, {
      content: own ? message.content : `${about}${message.content}`,
      attachments: message.attachments,
    });
  },
};
