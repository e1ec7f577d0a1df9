import { ownerOf, type SettingScope } from '#shared/settings/scopes.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { placeOf } from '#services/ingress/request/settings.ts';
import type { CommandOption } from '../command.ts';

/** Where a setting is to count, as a person says it. */
export const whereOption: CommandOption = {
  type: 3,
  name: 'for',
  description: 'For whom it counts; here if you leave it out',
  choices: [
    { name: 'here: this channel, or this thread', value: 'here' },
    { name: 'this channel with all of its threads', value: 'channel' },
    { name: 'the whole server', value: 'server' },
    { name: 'me, wherever I ask', value: 'me' },
  ],
};

/** A scope of the place in which a command is used. */
export interface Where {
  scope: SettingScope;
  owner: string;
  /** In words, such as "for this server"; in Japanese the place alone. */
  words: string;
}

/** The scope that a person means; undefined where there is none, as a server in direct messages. */
export function whereOf(
  interaction: SpokenInteraction,
  meant = interaction.values.get('for') ?? 'here',
): Where | undefined {
  const scope = scopeOf(meant, interaction);
  const owner = ownerOf(scope, placeOf(interaction));
  return owner === undefined ? undefined : { scope, owner, words: interaction.say(keyOf(scope, interaction)) };
}

/** A person's next question in this place. */
export function onceHere(interaction: SpokenInteraction): Where | undefined {
  return whereOf(interaction, 'once');
}

function scopeOf(meant: string, { parent }: SpokenInteraction): SettingScope {
  switch (meant) {
    case 'server':
    case 'channel':
    case 'once':
      return meant;
    case 'me':
      return 'person';
    default:
      return parent === undefined ? 'channel' : 'thread';
  }
}

function keyOf(scope: SettingScope, { place }: SpokenInteraction) {
  return scope === 'channel' && (place === 'dm' || place === 'group')
    ? 'where.conversation'
    : (`where.${scope}` as const);
}

/** Why the person may not change what counts there, in a sentence that says who may; undefined when they may. */
export function refusal({ admin, managesChannel, say }: SpokenInteraction, scope: SettingScope): string | undefined {
  if (scope === 'person' || scope === 'once') return undefined;
  if (scope === 'server') {
    return admin ? undefined : say('where.server-managers');
  }
  return managesChannel ? undefined : say('where.channel-managers');
}
