import { UserError } from '#shared/ground/errors.ts';
import { deletePersona, listPersonas, noPersona, personaName, savePersona } from '#shared/settings/personas.ts';
import { promptMaxChars } from '#shared/settings/template.ts';
import { inlineCode, oneLine } from '#services/ingress/delivery/escape.ts';
import type { Answer, Suggestion } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { saidIn } from '#services/ingress/language/elsewhere.ts';
import { settingsAt } from '#services/ingress/request/settings.ts';
import type { Command, CommandContext } from '../command.ts';
import { authorOf, change, changedBy, tellLogChannel } from './change.ts';
import { readPrompt } from './prompt-text.ts';
import { suggestionsFor } from './suggestions.ts';
import { onceHere, refusal, whereOf, whereOption } from './where.ts';

const nameOption = { type: 3 as const, name: 'name', description: 'Its name', required: true, max_length: 32 };
const known = { ...nameOption, autocomplete: true };

/** Characters that stand for themselves in the id of a form. */
const plainNames = /^[^:]{1,32}$/;

/** The personas of a server: named prompts, of which a server, a channel or a person uses one. */
export const persona: Command = {
  definition: {
    name: 'persona',
    type: 1,
    description: 'As whom Dragoman answers here',
    options: [
      { type: 1, name: 'list', description: 'The personas of this server' },
      {
        type: 1,
        name: 'use',
        description: 'Chooses one; none for none',
        options: [known, whereOption, { type: 5, name: 'once', description: 'For your next question here only' }],
      },
      {
        type: 1,
        name: 'save',
        description: 'Makes or changes one; without a text, in a form',
        options: [known, { type: 3, name: 'text', description: 'What it is told to be', max_length: promptMaxChars }],
      },
      { type: 1, name: 'delete', description: 'Removes one', options: [known] },
    ],
  },
  async use(interaction, ingress) {
    const { guild, subcommand } = interaction;
    if (guild === undefined) return { say: interaction.say('persona.no-server') };
    if (subcommand === 'list') return { say: await listed(interaction, ingress, guild) };
    const name = readName(interaction, interaction.values.get('name') ?? '');
    if ('refused' in name) return { say: name.refused };
    if (subcommand === 'use') return choose(interaction, ingress, guild, name.name);
    const refused = refusal(interaction, 'server');
    if (refused !== undefined) return { say: refused };
    return subcommand === 'save'
      ? save(interaction, ingress, guild, name.name)
      : remove(interaction, ingress, guild, name.name);
  },
  async suggest(interaction, ingress): Promise<Suggestion[]> {
    const { guild, subcommand } = interaction;
    if (guild === undefined) return [];
    const [all, { values }] = await Promise.all([listPersonas(ingress.redis, guild), settingsAt(ingress, interaction)]);
    const names = all.map(([name]) => name);
    const typed = interaction.values.get('name') ?? '';
    return suggestionsFor(subcommand === 'use' ? [...names, noPersona] : names, typed, values.persona);
  },
  /** The form of `save`. */
  async press(interaction, ingress) {
    const { guild } = interaction;
    const refused = guild === undefined ? interaction.say('where.no-server') : refusal(interaction, 'server');
    if (guild === undefined || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
    return store(
      interaction,
      ingress,
      guild,
      interaction.name.split(':')[2] ?? '',
      interaction.values.get('text') ?? '',
    );
  },
};

function readName({ say }: SpokenInteraction, written: string): { name: string } | { refused: string } {
  try {
    const name = personaName(written);
    return plainNames.test(name) ? { name } : { refused: say('persona.colon') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: `⚠️ ${saidIn(say, error.message)}` };
  }
}

async function listed(interaction: SpokenInteraction, ingress: CommandContext, guild: string): Promise<string> {
  const [all, settings] = await Promise.all([listPersonas(ingress.redis, guild), settingsAt(ingress, interaction)]);
  if (all.length === 0) {
    return interaction.say('persona.none-yet');
  }
  const current = settings.persona?.name;
  const lines = all.map(
    ([name, text]) => `${name === current ? '◉' : '○'} **${oneLine(name, 32)}** ${inlineCode(text, 100)}`,
  );
  // Discord shows 2,000 characters; 24 lines of this length fit only nearly.
  const shown = lines.join('\n').length > 1_850 ? all.map(([name]) => oneLine(name, 32)) : lines;
  return [...shown, `-# ${interaction.say('persona.how')}`].join('\n');
}

async function choose(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  guild: string,
  name: string,
): Promise<Answer> {
  const where = interaction.values.get('once') === 'true' ? onceHere(interaction) : whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
  if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
  const { say } = interaction;
  const all = await listPersonas(ingress.redis, guild);
  if (name !== noPersona && !all.some(([each]) => each === name)) {
    const names = all.map(([each]) => oneLine(each, 32)).join(', ');
    const others = names === '' ? [] : [say('persona.there-are', { names })];
    return { say: [say('persona.no-such', { name: oneLine(name, 32) }), ...others].join(' ') };
  }
  await change(interaction, ingress, where, { persona: name });
  const values = { where: where.words, name: oneLine(name, 32) };
  return { say: name === noPersona ? say('persona.chosen-none', values) : say('persona.chosen', values) };
}

async function save(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  guild: string,
  name: string,
): Promise<Answer> {
  const text = interaction.values.get('text');
  if (text !== undefined) return store(interaction, ingress, guild, name, text);
  const value = (await listPersonas(ingress.redis, guild)).find(([each]) => each === name)?.[1];
  const field = {
    id: 'text',
    label: interaction.say('persona.field'),
    required: true,
    maxLength: promptMaxChars,
    ...(value !== undefined && { value }),
  };
  return {
    form: { id: `persona:save:${name}`, title: interaction.say('persona.title', { name }).slice(0, 45), field },
  };
}

async function store(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  guild: string,
  name: string,
  written: string,
): Promise<Answer> {
  const read = readPrompt(interaction.say, written);
  if ('refused' in read) return read.refused;
  try {
    await savePersona(ingress.redis, guild, { name, text: read.text }, changedBy(interaction));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { say: `⚠️ ${saidIn(interaction.say, error.message)}` };
  }
  const values = { person: authorOf(interaction), name: oneLine(name, 32) };
  tellLogChannel(interaction, ingress, (say) => say('settings.changed-persona', values));
  return { say: interaction.say('persona.saved', { name: oneLine(name, 32) }) };
}

async function remove(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  guild: string,
  name: string,
): Promise<Answer> {
  const gone = await deletePersona(ingress.redis, guild, name, changedBy(interaction));
  const values = { person: authorOf(interaction), name: oneLine(name, 32) };
  if (!gone) return { say: interaction.say('persona.no-such', values) };
  tellLogChannel(interaction, ingress, (say) => say('settings.removed-persona', values));
  return { say: interaction.say('persona.gone', values) };
}
