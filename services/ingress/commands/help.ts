import { helpText } from '../messages/tell.ts';
import type { Command } from './command.ts';

export const help: Command = {
  definition: { name: 'help', type: 1, description: 'What Dragoman does and how to ask it' },
  use: async ({ say }) => ({ say: helpText(say) }),
};
