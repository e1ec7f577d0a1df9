import { buttons } from '../buttons/catalogue.ts';
import { commands } from '../commands/catalogue.ts';
import { buttonPressed, commandUsed } from '../events.ts';
import { answerInTime, type Answer } from './answer.ts';
import type { IncomingInteraction } from './interaction.ts';
import type { InteractionParts } from './parts.ts';

/** Gives an interaction to the command or button that it is for. Returns at once. */
export function route(parts: InteractionParts, interaction: IncomingInteraction): void {
  if (interaction.kind === 'command') void useCommand(parts, interaction);
  else void useButton(parts, interaction);
}

async function useCommand(parts: InteractionParts, interaction: IncomingInteraction): Promise<void> {
  const command = commands.find(({ definition }) => definition.name === interaction.name);
  await answerInTime(parts.api, interaction, { public: command?.public ?? false }, async () => {
    commandUsed({ command: interaction.name, by: interaction.author.id });
    // An older version of the bot registered it: the list is brought up to date at start.
    if (!command) return { say: 'I do not know this command any more. Reload Discord to see those I have.' };
    return command.use(interaction, parts);
  });
}

async function useButton(parts: InteractionParts, interaction: IncomingInteraction): Promise<void> {
  const [action = '', runId = '', ...rest] = interaction.name.split(':');
  const button = Object.hasOwn(buttons, action) ? buttons[action] : undefined;
  await answerInTime(parts.api, interaction, { public: false }, async (): Promise<Answer> => {
    const answer = button ? await button({ interaction, runId, rest }, parts) : 'quiet';
    const result = typeof answer === 'string' ? answer : Object.keys(answer).join();
    buttonPressed({ action, run: runId, by: interaction.author.id, result });
    return answer;
  });
}
