import { UserError } from '#shared/ground/errors.ts';
import { settings as catalogue, type SettingName } from '#shared/settings/catalogue.ts';
import { parseSetting, parseSettingName, settingsOf } from '#shared/settings/change-settings.ts';
import { exportSettings } from '#shared/settings/export.ts';
import { listPersonas } from '#shared/settings/personas.ts';
import { readModels } from '#shared/run/known-models.ts';
import { callerSchema } from '#shared/run/request.ts';
import { saidIn } from '#services/ingress/language/elsewhere.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { callerOf } from '#services/ingress/request/build.ts';
import type { Command, CommandContext } from '../command.ts';
import { change } from './change.ts';
import { refusal } from './where.ts';
import { setupView, unchosen } from './setup-view.ts';

/** What a server has chosen, in one view with menus, for those who manage it. */
export const setup: Command = {
  definition: {
    name: 'setup',
    type: 1,
    description: 'How Dragoman works in this server, for those who manage it',
    options: [{ type: 5, name: 'export', description: 'Gives what is set as a file instead' }],
  },
  async use(interaction, ingress) {
    const { guild } = interaction;
    const refused = guild === undefined ? interaction.say('where.no-server') : refusal(interaction, 'server');
    if (guild === undefined || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
    return interaction.values.get('export') === 'true'
      ? exported(interaction, ingress, guild)
      : shown(interaction, ingress, guild);
  },
  async press(interaction, ingress) {
    const { guild } = interaction;
    const refused = guild === undefined ? interaction.say('where.no-server') : refusal(interaction, 'server');
    if (guild === undefined || refused !== undefined) return { say: refused ?? interaction.say('where.no-server') };
    const what = interaction.name.split(':')[1] ?? '';
    if (what === 'export') return exported(interaction, ingress, guild);
    return choose(interaction, ingress, guild, what);
  },
};

async function choose(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  guild: string,
  what: string,
): Promise<Answer> {
  try {
    const name = parseSettingName(what);
    const value = chosenValue(name, interaction.chosen);
    await change(interaction, ingress, { owner: `server:${guild}`, scope: 'server' }, { [name]: value });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { say: `⚠️ ${saidIn(interaction.say, error.message)}` };
  }
  const view = await shown(interaction, ingress, guild);
  return { ...view, update: true };
}

/** Nothing chosen, or the line for it, takes the setting away. Settings of one value are no list. */
function chosenValue(name: SettingName, chosen: string[]): unknown {
  const [first] = chosen;
  if (first === undefined || first === unchosen) return undefined;
  return parseSetting(name, catalogue[name].list ? chosen : first);
}

async function shown(
  interaction: SpokenInteraction,
  { redis, policy, reads }: CommandContext,
  guild: string,
): Promise<Extract<Answer, { say: string }>> {
  const [values, personas, models] = await Promise.all([
    settingsOf(redis, `server:${guild}`),
    listPersonas(redis, guild),
    readModels(redis),
  ]);
  const caller = callerSchema.parse(callerOf(interaction));
  return setupView(interaction.say, values, {
    personas: personas.map(([name]) => name),
    models: models?.names.filter((name) => policy.current().mayUseModel(caller, name)) ?? [],
    isRole: (id) => reads.isRole(guild, id),
    server: reads.nameOf(guild) ?? interaction.say('setup.this-server'),
  });
}

async function exported({ say }: SpokenInteraction, { redis }: CommandContext, guild: string): Promise<Answer> {
  const data = await exportSettings(redis, [`server:${guild}`, `personas:${guild}`]);
  const file = { name: 'dragoman-settings.json', data: Buffer.from(`${JSON.stringify(data, null, 2)}\n`) };
  return { say: say('setup.exported'), files: [file] };
}
