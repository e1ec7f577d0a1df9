import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { SettingName, SettingValues } from '#shared/settings/catalogue.ts';
import { changeSettings, settingsOf, type ChangedBy } from '#shared/settings/change-settings.ts';
import { flags } from '#services/ingress/discord/api.ts';
import { nonceOf } from '#services/ingress/delivery/nonce.ts';
import { oneLine } from '#services/ingress/delivery/escape.ts';
import { settingChanged } from '#services/ingress/events.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import type { Words } from '#services/ingress/language/say.ts';
import { plainName } from '#services/ingress/request/names.ts';
import type { CommandContext } from '../command.ts';
import type { Where } from './where.ts';

const log = createLogger('settings');

/** Who changes settings by an interaction. */
export function changedBy({ author }: SpokenInteraction): ChangedBy {
  return { kind: 'discord', id: author.id, name: plainName(author.name) };
}

/** Changes settings as the person of an interaction, and tells the server's log channel. Who may was asked before. */
export async function change(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  { owner, scope }: Pick<Where, 'owner' | 'scope'>,
  changes: { [N in SettingName]?: SettingValues[N] | undefined },
): Promise<void> {
  await changeSettings(ingress.redis, owner, changes, changedBy(interaction));
  const names = Object.keys(changes);
  settingChanged({ owner, settings: names.join(), by: interaction.author.id });
  if (scope === 'person' || scope === 'once') return;
  const values = { person: authorOf(interaction), names: names.join(', ') };
  const channel = `<#${interaction.channel}>`;
  tellLogChannel(interaction, ingress, (say) =>
    scope === 'server'
      ? say('settings.changed-in-server', values)
      : say('settings.changed-in-channel', { ...values, channel }),
  );
}

/** The person's name, as a line shows it. */
export function authorOf({ author }: SpokenInteraction): string {
  return oneLine(author.name, 48);
}

/** Tells the channel that the server has chosen for it what somebody changed. What goes wrong is logged. */
export function tellLogChannel(interaction: SpokenInteraction, ingress: CommandContext, what: Words): void {
  const { guild, id } = interaction;
  if (guild === undefined) return;
  const tell = async () => {
    const { logChannel } = await settingsOf(ingress.redis, `server:${guild}`);
    if (logChannel === undefined) return;
    const say = await ingress.languages.inPlace({ guild, channel: logChannel });
    const body = { content: what(say), flags: flags.suppressEmbeds | flags.silent };
    await ingress.api.send(logChannel, body, nonceOf(id, 'setting'));
  };
  tell().catch((error: unknown) => {
    log.warn({ server: guild, error: errorText(error) }, 'the log channel of a server could not be told');
  });
}
