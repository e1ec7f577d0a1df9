import type { PlaygroundContext } from '../context.ts';
import { createChannel, openGroup, removeOverwrite, setOverwrite } from '../state/channels.ts';
import {
  addMember,
  createGuild,
  createRole,
  removeMember,
  setOutage,
  updateLocale,
  updateMember,
} from '../state/guilds.ts';
import { permissionBits, type PermissionName } from '../state/permissions.ts';
import type { BlockedText } from '../state/types.ts';
import { changeThread } from '../state/notices.ts';
import type { ThreadChange } from '../state/threads.ts';
import { createUser } from '../state/users.ts';
import { channelNamed, guildNamed, roleNamed, userNamed } from './find.ts';

/** People, roles and channels. `guild` is an id or a name; when absent, the demo server. */
export interface PeopleControls {
  /** Makes a server with a person as its owner and the bot in it. Returns its id. */
  addGuild(guild: { name: string; owner: string; withBot?: boolean }): string;
  /** Makes a person and lets them into the server. Returns their id. `bot` makes another bot's account. */
  addPerson(person: { name: string; roles?: string[]; guild?: string; bot?: boolean }): string;
  /** Replaces a person's roles. */
  setRoles(person: string, roles: string[], guild?: string): void;
  /** Times a person (or the bot) out for this many milliseconds: they can read, and nothing else. 0 ends it. */
  timeOut(person: string, ms: number, guild?: string): void;
  removePerson(person: string, guild?: string): void;
  addRole(role: { name: string; permissions?: PermissionName[]; mentionable?: boolean; guild?: string }): string;
  /** Makes a channel, of type 0 (text) by default. Returns its id. */
  addChannel(channel: { name: string; type?: number; topic?: string; parent?: string; guild?: string }): string;
  /** Allows and denies a role, a person or `@everyone` permissions in a channel. This replaces what held before. */
  permit(channel: string, who: string, rule: { allow?: PermissionName[]; deny?: PermissionName[] }): void;
  /** Removes what `permit` set. */
  unpermit(channel: string, who: string): void;
  /** Makes the person refuse the bot's direct messages, as people can (50007), or accept them again. */
  setDmsClosed(person: string, closed: boolean): void;
  /** Sets the language of a person's Discord, such as `de`; of a server, which is then a community's. */
  setLocale(of: { person: string } | { guild: string }, locale: string): void;
  /** Archives, locks or renames a thread as its owner. */
  updateThread(thread: string, change: ThreadChange): void;
  /** Makes moderation stop messages that hold this text: a word (AutoMod), or a link. */
  block(blocked: { text: string; kind?: BlockedText['kind']; guild?: string }): void;
  unblock(guild?: string): void;
  /** Begins or ends an outage of a server. One that is in it when the bot logs in comes only later. */
  setOutage(guild: string, on: boolean): void;
  /** A conversation among people, without the bot; two people have direct messages. Returns the channel's id. */
  addGroup(people: string[]): string;
}

export function peopleControls(context: PlaygroundContext): PeopleControls {
  const { world, bot } = context;
  return {
    addGuild({ name, owner, withBot }) {
      const guild = createGuild(world, { name, ownerId: userNamed(context, owner).id });
      createChannel(world, { guildId: guild.id, name: 'general' });
      if (withBot !== false) addMember(world, guild, bot.userId);
      return guild.id;
    },
    addPerson(person) {
      const user = createUser(world, { name: person.name, bot: person.bot ?? false });
      const guild = guildNamed(context, person.guild);
      addMember(world, guild, user.id, rolesIn(context, person.roles ?? [], person.guild));
      return user.id;
    },
    setRoles(person, roles, guild) {
      const change = { roles: rolesIn(context, roles, guild) };
      updateMember(world, guildNamed(context, guild), userNamed(context, person).id, change);
    },
    timeOut(person, ms, guild) {
      const until = ms === 0 ? null : new Date(world.clock.now() + ms).toISOString();
      const change = { communication_disabled_until: until };
      updateMember(world, guildNamed(context, guild), userNamed(context, person).id, change);
    },
    removePerson: (person, guild) => removeMember(world, guildNamed(context, guild), userNamed(context, person).id),
    addRole({ name, permissions, mentionable, guild }) {
      const role = { name, permissions: permissionBits(permissions ?? []), mentionable: mentionable ?? false };
      return createRole(world, guildNamed(context, guild), role).id;
    },
    addChannel: ({ parent, guild, ...channel }) =>
      createChannel(world, {
        ...channel,
        guildId: guildNamed(context, guild).id,
        parentId: parent === undefined ? null : channelNamed(context, parent).id,
      }).id,
    permit(channel, who, rule) {
      const allow = permissionBits(rule.allow ?? []).toString();
      const deny = permissionBits(rule.deny ?? []).toString();
      setOverwrite(world, channelNamed(context, channel), { ...subject(context, channel, who), allow, deny });
    },
    unpermit: (channel, who) =>
      removeOverwrite(world, channelNamed(context, channel), subject(context, channel, who).id),
    setDmsClosed(person, closed) {
      userNamed(context, person).dmsClosed = closed;
    },
    setLocale(of, locale) {
      if ('person' in of) userNamed(context, of.person).locale = locale;
      else updateLocale(world, guildNamed(context, of.guild), locale);
    },
    updateThread(name, change) {
      const thread = channelNamed(context, name);
      changeThread(world, thread, change, thread.owner_id ?? bot.userId);
    },
    block: ({ text, kind = 'word', guild }) => void guildNamed(context, guild).blocked.push({ text, kind }),
    unblock(guild) {
      guildNamed(context, guild).blocked = [];
    },
    setOutage: (guild, on) => setOutage(world, guildNamed(context, guild), on, bot.userId),
    addGroup: (people) =>
      openGroup(
        world,
        people.map((name) => userNamed(context, name).id),
      ).id,
  };
}

function rolesIn(context: PlaygroundContext, roles: string[], guild?: string): string[] {
  return roles.map((role) => roleNamed(guildNamed(context, guild), role).id);
}

/** A role of the channel's server by id or name; if there is none, a person. */
function subject(context: PlaygroundContext, channel: string, who: string): { id: string; type: 0 | 1 } {
  const guild = guildNamed(context, channelNamed(context, channel).guild_id);
  const role = [...guild.roles.values()].find(({ id, name }) => id === who || name === who);
  return role ? { id: role.id, type: 0 } : { id: userNamed(context, who).id, type: 1 };
}
