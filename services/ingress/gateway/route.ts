import type { ButtonContext } from '../buttons/button.ts';
import { buttons } from '../buttons/catalogue.ts';
import type { Command, CommandContext } from '../commands/command.ts';
import { commands } from '../commands/catalogue.ts';
import { buttonPressed, commandUsed } from '../events.ts';
import { answerInTime, type Answer } from '../interactions/answer.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';

export interface RouteContext extends CommandContext, ButtonContext {}

/** Passes an interaction to its command or button. Returns at once. */
export function route(ingress: RouteContext, interaction: IncomingInteraction): void {
  if (interaction.kind === 'command') void useCommand(ingress, interaction);
  else if (interaction.kind === 'typing') void suggest(ingress, interaction);
  else void useButton(ingress, interaction);
}

function commandOf(name: string): Command | undefined {
  return commands.find(({ definition }) => definition.name === name);
}

async function useCommand(ingress: RouteContext, interaction: IncomingInteraction): Promise<void> {
  const command = commandOf(interaction.name);
  await answerInTime(ingress.api, interaction, { public: command?.public ?? false }, async () => {
    commandUsed({ command: interaction.name, by: interaction.author.id });
    // An older version of the bot has registered it; the list is brought up to date at start.
    if (!command) return { say: 'I do not know this command any more. Reload Discord to see those I have.' };
    return command.use(interaction, ingress);
  });
}

async function suggest(ingress: RouteContext, interaction: IncomingInteraction): Promise<void> {
  const command = commandOf(interaction.name);
  await answerInTime(ingress.api, interaction, { public: false }, async () => {
    return { suggest: (await command?.suggest?.(interaction, ingress)) ?? [] };
  });
}

async function useButton(ingress: RouteContext, interaction: IncomingInteraction): Promise<void> {
  const [action = '', runId = '', ...rest] = interaction.name.split(':');
  const button = Object.hasOwn(buttons, action) ? buttons[action] : undefined;
  const command = commandOf(action);
  await answerInTime(ingress.api, interaction, { public: false }, async (): Promise<Answer> => {
    const answer = button
      ? await button({ interaction, runId, rest }, ingress)
      : ((await command?.press?.(interaction, ingress)) ?? 'quiet');
    const result = typeof answer === 'string' ? answer : Object.keys(answer).join();
    buttonPressed({ action, run: button ? runId : '', by: interaction.author.id, result });
    return answer;
  });
}
