import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { SettingName, SettingValues } from '#shared/settings/catalogue.ts';
import { changeSettings, settingsOf, type ChangedBy } from '#shared/settings/change-settings.ts';
import { flags } from '#services/ingress/discord/api.ts';
import { nonceOf } from '#services/ingress/delivery/nonce.ts';
import { oneLine } from '#services/ingress/delivery/escape.ts';
import { settingChanged } from '#services/ingress/events.ts';
import type { IncomingInteraction } from '#services/ingress/interactions/interaction.ts';
import { plainName } from '#services/ingress/request/names.ts';
import type { CommandContext } from '../command.ts';
import type { Where } from './where.ts';

const log = createLogger('settings');

/** Who changes settings by an interaction. */
export function changedBy({ author }: IncomingInteraction): ChangedBy {
  return { kind: 'discord', id: author.id, name: plainName(author.name) };
}

/** Changes settings as the person of an interaction, and tells the server's log channel. Who may was asked before. */
export async function change(
  interaction: IncomingInteraction,
  ingress: CommandContext,
  { owner, scope }: Pick<Where, 'owner' | 'scope'>,
  changes: { [N in SettingName]?: SettingValues[N] | undefined },
): Promise<void> {
  await changeSettings(ingress.redis, owner, changes, changedBy(interaction));
  const names = Object.keys(changes);
  settingChanged({ owner, settings: names.join(), by: interaction.author.id });
  if (scope === 'person' || scope === 'once') return;
  const where = scope === 'server' ? 'this server' : `<#${interaction.channel}>`;
  tellLogChannel(interaction, ingress, `${names.join(', ')} of ${where}`);
}

/** Tells the channel that the server has chosen for it what somebody changed. What goes wrong is logged. */
export function tellLogChannel(interaction: IncomingInteraction, ingress: CommandContext, what: string): void {
  const { guild, id, author } = interaction;
  if (guild === undefined) return;
  const tell = async () => {
    const { logChannel } = await settingsOf(ingress.redis, `server:${guild}`);
    if (logChannel === undefined) return;
    const content = `⚙️ ${oneLine(author.name, 48)} changed ${what}.`;
    const body = { content, flags: flags.suppressEmbeds | flags.silent };
    await ingress.api.send(logChannel, body, nonceOf(id, 'setting'));
  };
  tell().catch((error: unknown) => {
    log.warn({ server: guild, error: errorText(error) }, 'the log channel of a server could not be told');
  });
}
