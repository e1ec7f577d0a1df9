import { ownerOf, type SettingScope } from '#shared/settings/scopes.ts';
import type { IncomingInteraction } from '#services/ingress/interactions/interaction.ts';
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
  /** In words, after "for". */
  words: string;
}

/** The scope that a person means; undefined where there is none, as a server in direct messages. */
export function whereOf(
  interaction: IncomingInteraction,
  meant = interaction.values.get('for') ?? 'here',
): Where | undefined {
  const scope = scopeOf(meant, interaction);
  const owner = ownerOf(scope, placeOf(interaction));
  return owner === undefined ? undefined : { scope, owner, words: wordsFor(scope, interaction) };
}

/** A person's next question in this place. */
export function onceHere(interaction: IncomingInteraction): Where | undefined {
  return whereOf(interaction, 'once');
}

function scopeOf(meant: string, { parent }: IncomingInteraction): SettingScope {
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

function wordsFor(scope: SettingScope, { place }: IncomingInteraction): string {
  switch (scope) {
    case 'server':
      return 'this server';
    case 'channel':
      return place === 'dm' || place === 'group' ? 'this conversation' : 'this channel';
    case 'thread':
      return 'this thread';
    case 'person':
      return 'you';
    case 'once':
      return 'your next question here';
    default:
      return scope satisfies never;
  }
}

export const noServer = 'There is no server here.';

/** Why the person may not change what counts there, in a sentence that says who may; undefined when they may. */
export function refusal({ admin, managesChannel }: IncomingInteraction, scope: SettingScope): string | undefined {
  if (scope === 'person' || scope === 'once') return undefined;
  if (scope === 'server') {
    return admin
      ? undefined
      : 'Only people who may manage this server (*Manage Server*) can change this for all of it.';
  }
  if (managesChannel) return undefined;
  return 'Only people who may manage this channel (*Manage Channels*) or this server (*Manage Server*) can change this here.';
}
