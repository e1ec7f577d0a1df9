import type { Settings } from '#shared/settings/read-settings.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { settingsAt } from '#services/ingress/request/settings.ts';
import type { CommandContext } from '../command.ts';
import { shownPrompt } from './prompt-text.ts';
import { refusal, whereOf } from './where.ts';

const shown = ['server', 'channel', 'thread', 'person'] as const;
type Shown = (typeof shown)[number];

/**
 * Shows the prompts that count where it is used, or the one that is named. What was set for others is shown to those who
 * may change it; others learn that it is there.
 */
export async function viewPrompt(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const { say } = interaction;
  const settings = await settingsAt(ingress, interaction);
  const meant = interaction.values.get('for');
  const where = meant === undefined ? undefined : whereOf(interaction, meant);
  if (meant !== undefined && !where) return { say: interaction.say('where.no-server') };
  const scopes = shown.filter((scope) =>
    where ? scope === where.scope : settings.layers[scope]?.prompt !== undefined,
  );
  const most = Math.floor(3_300 / Math.max(1, scopes.length));
  const parts = scopes.map((scope) => layerText(interaction, settings, scope, most));
  const { persona } = settings;
  if (persona && !where) parts.unshift(say('prompt.persona', { name: persona.name }));
  if (parts.length === 0) return { say: say('prompt.nothing') };
  return { say: [...parts, `-# ${say('prompt.order')}`].join('\n'), layout: true };
}

function layerText(interaction: SpokenInteraction, settings: Settings, scope: Shown, most: number): string {
  const text = settings.layers[scope]?.prompt;
  const { say } = interaction;
  const title = `**${say(`prompt.for-${scope}`)}**`;
  if (text === undefined) return say('prompt.is-none', { title });
  if (refusal(interaction, scope) !== undefined) return say('prompt.is-hidden', { title });
  return `${title}\n${shownPrompt(say, text, most)}`;
}
