import { callerSchema } from '#shared/run/request.ts';
import { readModels } from '#shared/run/known-models.ts';
import type { Settings } from '#shared/settings/read-settings.ts';
import { inlineCode } from '#services/ingress/delivery/escape.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { callerOf } from '#services/ingress/request/build.ts';
import { modelFor, settingsAt } from '#services/ingress/request/settings.ts';
import type { Command, CommandContext } from '../command.ts';
import { change } from './change.ts';
import { suggestionsFor } from './suggestions.ts';
import { onceHere, refusal, whereOf, whereOption } from './where.ts';

/** What takes a choice back. */
const unset = 'reset';

/** Which model answers: here, for a person, or once. */
export const model: Command = {
  definition: {
    name: 'model',
    type: 1,
    description: 'Which model answers here',
    options: [
      {
        type: 3,
        name: 'model',
        description: `The model; "${unset}" takes the choice back`,
        autocomplete: true,
        max_length: 100,
      },
      whereOption,
      { type: 5, name: 'once', description: 'For your next question here only' },
    ],
  },
  async use(interaction, ingress) {
    const wanted = interaction.values.get('model')?.trim();
    return wanted === undefined || wanted === ''
      ? showModel(interaction, ingress)
      : choose(interaction, ingress, wanted);
  },
  async suggest(interaction, ingress) {
    const [mine, settings] = await Promise.all([modelsOf(interaction, ingress), settingsAt(ingress, interaction)]);
    const typed = interaction.values.get('model') ?? '';
    return suggestionsFor([...mine.names, unset], typed, modelNow(interaction, ingress, settings) ?? mine.default);
  },
};

/** The models that this person may use. Until a worker has told which there are, none is known. */
async function modelsOf(
  interaction: SpokenInteraction,
  { redis, policy }: CommandContext,
): Promise<{ default: string | undefined; names: string[] }> {
  const known = await readModels(redis);
  const caller = callerSchema.parse(callerOf(interaction));
  const names = known?.names.filter((name) => name === known.default || policy.current().mayUseModel(caller, name));
  return { default: known?.default, names: names ?? [] };
}

function modelNow(interaction: SpokenInteraction, ingress: CommandContext, settings: Settings): string | undefined {
  return modelFor({ caller: callerOf(interaction) }, settings, ingress);
}

async function showModel(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const [mine, settings] = await Promise.all([modelsOf(interaction, ingress), settingsAt(ingress, interaction)]);
  const now = modelNow(interaction, ingress, settings);
  const from = settings.from.model;
  const { say } = interaction;
  const why = say(`model.by-${now !== undefined && settings.values.model === now && from ? from : 'operator'}`);
  const current = now ?? mine.default ?? say('model.default');
  const others = mine.names.filter((name) => name !== (now ?? mine.default)).map((name) => `○ ${inlineCode(name, 80)}`);
  return {
    say: [
      `◉ ${say('model.now', { model: inlineCode(current, 80), why })}`,
      ...others.slice(0, 20),
      `-# ${say('model.how')}`,
    ].join('\n'),
  };
}

async function choose(interaction: SpokenInteraction, ingress: CommandContext, wanted: string): Promise<Answer> {
  const { say } = interaction;
  const where = interaction.values.get('once') === 'true' ? onceHere(interaction) : whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : interaction.say('where.no-server');
  if (!where || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
  if (wanted === unset) {
    await change(interaction, ingress, where, { model: undefined });
    return { say: say('model.taken-back', { where: where.words }) };
  }
  const mine = await modelsOf(interaction, ingress);
  if (mine.names.length === 0) {
    return { say: say('model.unknown') };
  }
  if (!mine.names.includes(wanted)) {
    const names = mine.names.slice(0, 25).map((name) => inlineCode(name, 80));
    return { say: say('model.not-yours', { name: inlineCode(wanted, 80), names: names.join(', ') }) };
  }
  await change(interaction, ingress, where, { model: wanted });
  const chosen = say('model.chosen', { name: inlineCode(wanted, 80), where: where.words });
  return { say: isForAll(interaction) ? `${chosen} ${say('model.others-keep')}` : chosen };
}

/** Such a choice does not reach those who may not use the model. */
function isForAll({ values }: SpokenInteraction): boolean {
  return values.get('for') !== 'me' && values.get('once') !== 'true';
}
