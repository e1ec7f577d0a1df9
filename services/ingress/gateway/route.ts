import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '#shared/redis/keys.ts';
import type { ButtonContext } from '../buttons/button.ts';
import { buttons } from '../buttons/catalogue.ts';
import type { Command, CommandContext } from '../commands/command.ts';
import { commands } from '../commands/catalogue.ts';
import { buttonPressed, commandUsed } from '../events.ts';
import { answerInTime, type Answer } from '../interactions/answer.ts';
import type { IncomingInteraction, SpokenInteraction } from '../interactions/interaction.ts';
import type { Languages } from '../language/choose.ts';

export interface RouteContext extends CommandContext, ButtonContext {
  languages: Languages;
}

/** Passes an interaction to its command or button. Returns at once. */
export function route(ingress: RouteContext, interaction: IncomingInteraction): void {
  void Promise.all([ingress.languages.toPerson(interaction), isOurs(ingress, interaction)]).then(([say, ours]) => {
    if (ours) pass(ingress, { ...interaction, say });
  });
}

/** Milliseconds for which Discord takes answers to an interaction. */
const lifeMs = 900_000;

/**
 * Every ingress that is connected hears of an interaction, and one deals with it. Without Redis each of them answers,
 * and Discord takes the first answer.
 */
async function isOurs({ redis }: RouteContext, { id, kind }: IncomingInteraction): Promise<boolean> {
  if (kind === 'typing') return true;
  const claimed = redis.set(keys.discordInteraction(id), '1', 'PX', lifeMs, 'NX').catch(() => 'OK' as const);
  return (await Promise.race([claimed, sleep(patienceMs, 'OK' as const, { ref: false })])) === 'OK';
}

const patienceMs = 500;

function pass(ingress: RouteContext, interaction: SpokenInteraction): void {
  if (interaction.kind === 'command') void useCommand(ingress, interaction);
  else if (interaction.kind === 'typing') void suggest(ingress, interaction);
  else void useButton(ingress, interaction);
}

function commandOf(name: string): Command | undefined {
  return commands.find(({ definition }) => definition.name === name);
}

async function useCommand(ingress: RouteContext, interaction: SpokenInteraction): Promise<void> {
  const command = commandOf(interaction.name);
  await answerInTime(ingress.api, interaction, { public: command?.public ?? false }, async () => {
    commandUsed({ command: interaction.name, by: interaction.author.id });
    // An older version of the bot has registered it; the list is brought up to date at start.
    if (!command) return { say: interaction.say('command.unknown') };
    return command.use(interaction, ingress);
  });
}

async function suggest(ingress: RouteContext, interaction: SpokenInteraction): Promise<void> {
  const command = commandOf(interaction.name);
  await answerInTime(ingress.api, interaction, { public: false }, async () => {
    return { suggest: (await command?.suggest?.(interaction, ingress)) ?? [] };
  });
}

async function useButton(ingress: RouteContext, interaction: SpokenInteraction): Promise<void> {
  const [action = '', runId = '', ...rest] = interaction.name.split(':');
  const button = Object.hasOwn(buttons, action) ? buttons[action] : undefined;
  const command = commandOf(action);
  await answerInTime(ingress.api, interaction, { public: false }, async (): Promise<Answer> => {
    const answer = button
      ? await button({ interaction, runId, rest }, ingress)
      : // It stands in a message of another version of the bot.
        ((await command?.press?.(interaction, ingress)) ?? { say: interaction.say('button.unknown') });
    const result = typeof answer === 'string' ? answer : Object.keys(answer).join();
    buttonPressed({ action, run: button ? runId : '', by: interaction.author.id, result });
    return answer;
  });
}
