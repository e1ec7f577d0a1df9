import type { ButtonContext } from '../buttons/button.ts';
import { buttons } from '../buttons/catalogue.ts';
import type { CommandContext } from '../commands/command.ts';
import { commands } from '../commands/catalogue.ts';
import { buttonPressed, commandUsed } from '../events.ts';
import { answerInTime, type Answer } from '../interactions/answer.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';

export interface RouteContext extends CommandContext, ButtonContext {}

/** Passes an interaction to its command or button. Returns at once. */
export function route(ingress: RouteContext, interaction: IncomingInteraction): void {
  if (interaction.kind === 'command') void useCommand(ingress, interaction);
  else void useButton(ingress, interaction);
}

async function useCommand(ingress: RouteContext, interaction: IncomingInteraction): Promise<void> {
  const command = commands.find(({ definition }) => definition.name === interaction.name);
  await answerInTime(ingress.api, interaction, { public: command?.public ?? false }, async () => {
    commandUsed({ command: interaction.name, by: interaction.author.id });
    // An older version of the bot has registered it; the list is brought up to date at start.
    if (!command) return { say: 'I do not know this command any more. Reload Discord to see those I have.' };
    return command.use(interaction, ingress);
  });
}

async function useButton(ingress: RouteContext, interaction: IncomingInteraction): Promise<void> {
  const [action = '', runId = '', ...rest] = interaction.name.split(':');
  const button = Object.hasOwn(buttons, action) ? buttons[action] : undefined;
  await answerInTime(ingress.api, interaction, { public: false }, async (): Promise<Answer> => {
    const answer = button ? await button({ interaction, runId, rest }, ingress) : 'quiet';
    const result = typeof answer === 'string' ? answer : Object.keys(answer).join();
    buttonPressed({ action, run: runId, by: interaction.author.id, result });
    return answer;
  });
}
