import { pastChanges, settingsOf, type PastChange } from '#shared/settings/change-settings.ts';
import { promptMaxChars, promptVariables } from '#shared/settings/template.ts';
import { namesOfWho } from '#shared/run/request.ts';
import { inlineCode, oneLine } from '#services/ingress/delivery/escape.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import type { Say } from '#services/ingress/language/say.ts';
import type { Command, CommandContext } from '../command.ts';
import { change } from './change.ts';
import { readPrompt } from './prompt-text.ts';
import { viewPrompt } from './prompt-view.ts';
import { refusal, whereOf, whereOption, type Where } from './where.ts';

const mostPast = 10;

/** For people, wherever they write a prompt. */
const variables = Object.keys(promptVariables)
  .map((name) => `{${name}}`)
  .join(' ');

/** What the model is told in a server, channel or thread, and by a person. */
export const prompt: Command = {
  definition: {
    name: 'prompt',
    type: 1,
    description: 'What the model is told here, besides the question',
    options: [
      { type: 1, name: 'view', description: 'Shows it', options: [whereOption] },
      {
        type: 1,
        name: 'set',
        description: 'Changes it; without a text, in a form',
        options: [textOption(), whereOption],
      },
      { type: 1, name: 'reset', description: 'Takes it away', options: [whereOption] },
      {
        type: 1,
        name: 'history',
        description: 'What it was before, and by whom',
        options: [
          whereOption,
          {
            type: 4,
            name: 'restore',
            description: 'The number of the one to set again',
            min_value: 1,
            max_value: mostPast,
          },
        ],
      },
    ],
  },
  async use(interaction, ingress) {
    switch (interaction.subcommand) {
      case 'set':
        return setPrompt(interaction, ingress);
      case 'reset':
        return resetPrompt(interaction, ingress);
      case 'history':
        return showHistory(interaction, ingress);
      default:
        return viewPrompt(interaction, ingress);
    }
  },
  /** The form of `set`. Who may is asked again: it may have stood open for long. */
  async press(interaction, ingress) {
    const where = whereOf(interaction, interaction.name.split(':')[2]);
    const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
    if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
    return storePrompt(interaction, ingress, where, interaction.values.get('text') ?? '');
  },
};

/** `/setprompt`, `/viewprompt` and `/resetprompt`, as other bots have them. */
export const promptAliases: Command[] = [
  alias('setprompt', 'Changes what the model is told here: /prompt set', [textOption(), whereOption], setPrompt),
  alias('viewprompt', 'Shows what the model is told here: /prompt view', [whereOption], viewPrompt),
  alias('resetprompt', 'Takes away what the model is told here: /prompt reset', [whereOption], resetPrompt),
];

function alias(
  name: string,
  description: string,
  options: NonNullable<Command['definition']['options']>,
  use: Command['use'],
): Command {
  return { definition: { name, type: 1, description, options }, use };
}

function textOption() {
  return {
    type: 3 as const,
    name: 'text',
    description: `The text, with ${variables} as you like`,
    max_length: promptMaxChars,
  };
}

async function setPrompt(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const where = whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
  if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
  const text = interaction.values.get('text');
  if (text !== undefined) return storePrompt(interaction, ingress, where, text);
  const { prompt: value } = await settingsOf(ingress.redis, where.owner);
  const field = {
    id: 'text',
    label: variables,
    required: true,
    maxLength: promptMaxChars,
    ...(value !== undefined && { value }),
  };
  const id = `prompt:set:${interaction.values.get('for') ?? 'here'}`;
  return { form: { id, title: interaction.say('prompt.form').slice(0, 45), field } };
}

async function storePrompt(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  where: Where,
  written: string,
): Promise<Answer> {
  const read = readPrompt(interaction.say, written);
  if ('refused' in read) return read.refused;
  await change(interaction, ingress, where, { prompt: read.text });
  return { say: interaction.say('prompt.set', { where: where.words, count: read.text.length }) };
}

async function resetPrompt(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const where = whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
  if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
  const { prompt: before } = await settingsOf(ingress.redis, where.owner);
  if (before === undefined) return { say: interaction.say('prompt.none', { where: where.words }) };
  await change(interaction, ingress, where, { prompt: undefined });
  return { say: interaction.say('prompt.gone', { where: where.words }) };
}

async function showHistory(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const where = whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
  if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
  const past = (await pastChanges(ingress.redis, where.owner, 'prompt')).slice(0, mostPast);
  const wanted = interaction.values.get('restore');
  if (wanted !== undefined) {
    const chosen = past[Number(wanted) - 1]?.value;
    if (typeof chosen !== 'string') return { say: interaction.say('prompt.no-number', { number: wanted }) };
    return storePrompt(interaction, ingress, where, chosen);
  }
  if (past.length === 0) return { say: interaction.say('prompt.never', { where: where.words }) };
  const { say } = interaction;
  const lines = past.map((change, index) => pastLine(say, change, index));
  return { say: [...lines, `-# ${say('prompt.restore')}`].join('\n') };
}

function pastLine(say: Say, { at, by, value }: PastChange, index: number): string {
  const [, named] = namesOfWho(by);
  const who = oneLine(named.slice(named.indexOf(':') + 1), 48);
  const what =
    typeof value === 'string'
      ? `${say('prompt.characters', { count: value.length })} ${inlineCode(value, 80)}`
      : say('prompt.taken-away');
  return `${index + 1}. <t:${Math.floor(at / 1_000)}:R> ${who}: ${what}`;
}
