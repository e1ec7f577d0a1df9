import { plainShown } from '../discord/shown.ts';
import type { Command } from './command.ts';
import { enterByCommand } from './enter-by-command.ts';

export const ask: Command = {
  definition: {
    name: 'ask',
    type: 1,
    description: 'Ask Dragoman a question',
    options: [
      { type: 3, name: 'question', description: 'What do you want to know?', required: true, max_length: 6_000 },
      { type: 11, name: 'file', description: 'A text file or an image that the question is about' },
      {
        type: 3,
        name: 'mode',
        description: 'How this question is worked on',
        choices: [
          { name: 'autonomous: with as many tools as it takes', value: 'autonomous' },
          { name: 'single-shot: with one round of tools', value: 'single-shot' },
          { name: 'guided: asks before each tool', value: 'guided' },
        ],
      },
    ],
  },
  public: true,
  use: (interaction, ingress) =>
    enterByCommand(interaction, ingress, plainShown(interaction.values.get('question') ?? '', interaction.attachments)),
};
