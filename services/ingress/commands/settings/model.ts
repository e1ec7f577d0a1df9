import { callerSchema } from '#shared/run/request.ts';
import { readModels } from '#shared/run/known-models.ts';
import type { Settings } from '#shared/settings/read-settings.ts';
import { inlineCode } from '#services/ingress/delivery/escape.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { IncomingInteraction } from '#services/ingress/interactions/interaction.ts';
import { callerOf } from '#services/ingress/request/build.ts';
import { modelFor, settingsAt } from '#services/ingress/request/settings.ts';
import type { Command, CommandContext } from '../command.ts';
import { change } from './change.ts';
import { suggestionsFor } from './suggestions.ts';
import { noServer, onceHere, refusal, whereOf, whereOption } from './where.ts';

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
  interaction: IncomingInteraction,
  { redis, policy }: CommandContext,
): Promise<{ default: string | undefined; names: string[] }> {
  const known = await readModels(redis);
  const caller = callerSchema.parse(callerOf(interaction));
  const names = known?.names.filter((name) => name === known.default || policy.current().mayUseModel(caller, name));
  return { default: known?.default, names: names ?? [] };
}

function modelNow(interaction: IncomingInteraction, ingress: CommandContext, settings: Settings): string | undefined {
  return modelFor({ caller: callerOf(interaction) }, settings, ingress);
}

const scopeWords = {
  server: 'the server’s choice',
  channel: 'the choice for this channel',
  thread: 'the choice for this thread',
  person: 'your own choice',
  once: 'your choice for the next question',
};

async function showModel(interaction: IncomingInteraction, ingress: CommandContext): Promise<Answer> {
  const [mine, settings] = await Promise.all([modelsOf(interaction, ingress), settingsAt(ingress, interaction)]);
  const now = modelNow(interaction, ingress, settings);
  const from = settings.from.model;
  const why = now !== undefined && settings.values.model === now && from ? scopeWords[from] : 'the operator’s choice';
  const others = mine.names.filter((name) => name !== (now ?? mine.default)).map((name) => `○ ${inlineCode(name, 80)}`);
  return {
    say: [
      `◉ ${inlineCode(now ?? mine.default ?? 'the default', 80)} answers you here: ${why}.`,
      ...others.slice(0, 20),
      '-# `/model model:` and a name chooses another',
    ].join('\n'),
  };
}

async function choose(interaction: IncomingInteraction, ingress: CommandContext, wanted: string): Promise<Answer> {
  const where = interaction.values.get('once') === 'true' ? onceHere(interaction) : whereOf(interaction);
  const refused = where ? refusal(interaction, where.scope) : noServer;
  if (!where || refused !== undefined) return { say: refused ?? noServer };
  if (wanted === unset) {
    await change(interaction, ingress, where, { model: undefined });
    return { say: `The choice for ${where.words} is taken back.` };
  }
  const mine = await modelsOf(interaction, ingress);
  if (mine.names.length === 0) {
    return { say: 'No worker has told yet which models there are. Try again in a minute.' };
  }
  if (!mine.names.includes(wanted)) {
    const names = mine.names.slice(0, 25).map((name) => inlineCode(name, 80));
    return { say: `You cannot use ${inlineCode(wanted, 80)} here. Your roles let you use ${names.join(', ')}.` };
  }
  await change(interaction, ingress, where, { model: wanted });
  return {
    say: `${inlineCode(wanted, 80)} answers from the next question on, for ${where.words}.${above(interaction)}`,
  };
}

/** Whom a choice for all does not reach. */
function above({ values }: IncomingInteraction): string {
  return values.get('for') === 'me' || values.get('once') === 'true'
    ? ''
    : ' People whose roles do not let them use it keep the one before.';
}
