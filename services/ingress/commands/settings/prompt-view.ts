import type { Settings } from '#shared/settings/read-settings.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { IncomingInteraction } from '#services/ingress/interactions/interaction.ts';
import { settingsAt } from '#services/ingress/request/settings.ts';
import type { CommandContext } from '../command.ts';
import { shownPrompt } from './prompt-text.ts';
import { noServer, refusal, whereOf } from './where.ts';

const titles = { server: 'For this server', channel: 'For this channel', thread: 'For this thread', person: 'For you' };
type Shown = keyof typeof titles;
const shown = Object.keys(titles) as Shown[];

/**
 * Shows the prompts that count where it is used, or the one that is named. What was set for others is shown to those who
 * may change it; others learn that it is there.
 */
export async function viewPrompt(interaction: IncomingInteraction, ingress: CommandContext): Promise<Answer> {
  const settings = await settingsAt(ingress, interaction);
  const meant = interaction.values.get('for');
  const where = meant === undefined ? undefined : whereOf(interaction, meant);
  if (meant !== undefined && !where) return { say: noServer };
  const scopes = shown.filter((scope) =>
    where ? scope === where.scope : settings.layers[scope]?.prompt !== undefined,
  );
  const most = Math.floor(3_300 / Math.max(1, scopes.length));
  const parts = scopes.map((scope) => layerText(interaction, settings, scope, most));
  const { persona } = settings;
  if (persona && !where) parts.unshift(`**Persona** ${persona.name}: \`/persona list\` shows it`);
  if (parts.length === 0) return { say: 'Nothing is set here: I am told what the operator of this bot has written.' };
  return { say: [...parts, '-# after the operator’s own prompt; the later ones win'].join('\n'), layout: true };
}

function layerText(interaction: IncomingInteraction, settings: Settings, scope: Shown, most: number): string {
  const text = settings.layers[scope]?.prompt;
  const title = `**${titles[scope]}**`;
  if (text === undefined) return `${title}: none`;
  if (refusal(interaction, scope) !== undefined) return `${title}: set; those who may change it can see it`;
  return `${title}\n${shownPrompt(text, most)}`;
}
