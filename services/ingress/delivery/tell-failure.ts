import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { RunRequest } from '#shared/run/request.ts';
import { settingsOf } from '#shared/settings/change-settings.ts';
import { flags } from '../discord/api.ts';
import type { DeliveryContext } from './context.ts';
import { inlineCode } from './escape.ts';
import { nonceOf } from './nonce.ts';

const log = createLogger('settings');

/** Tells the channel that a server has chosen for it that an answer failed. What goes wrong is logged. */
export function tellFailure(
  { patient, api, languages }: Pick<DeliveryContext, 'patient' | 'api' | 'languages'>,
  { id, caller, discord }: RunRequest,
  reason = 'unknown',
): void {
  if (caller.guild === undefined || discord === undefined) return;
  const tell = async () => {
    const { logChannel } = await settingsOf(patient.runs.redis, `server:${caller.guild}`);
    if (logChannel === undefined) return;
    const say = await languages.inPlace({ guild: caller.guild, channel: logChannel });
    const content = say('settings.failed-answer', {
      person: `<@${caller.id}>`,
      channel: `<#${discord.channel}>`,
      reason,
      run: inlineCode(id, 100),
    });
    await api.send(logChannel, { content, flags: flags.suppressEmbeds | flags.silent }, nonceOf(id, 'failure'));
  };
  tell().catch((error: unknown) => {
    log.warn({ run: id, error: errorText(error) }, 'the log channel of a server could not be told');
  });
}
