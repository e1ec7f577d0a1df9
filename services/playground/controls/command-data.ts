import type { PlaygroundContext } from '../context.ts';
import { messageJson } from '../json/message.ts';
import { usableCommands } from '../state/commands.ts';
import { channelPermissions, may, Permission } from '../state/permissions.ts';
import type { Channel, Command, Json, User } from '../state/types.ts';
import { guildOf } from '../state/world.ts';
import { messageWithId } from './find.ts';
import {
  addResolved,
  resolveChannel,
  resolvedOf,
  resolveFile,
  resolveMentionable,
  resolveRole,
  resolveUser,
  startResolving,
  type Resolving,
} from './resolved.ts';
import type { FileToSend } from './talk.ts';

/** A file goes with an option that takes an attachment. */
export type OptionValue = string | number | boolean | FileToSend;

export interface CommandUse {
  channel: string;
  author: string;
  name: string;
  options?: Record<string, OptionValue>;
  subcommand?: string;
  /** For a context menu: the id of a message, or the id or name of a person. */
  target?: string;
}

const OptionType = {
  SUBCOMMAND: 1,
  GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

/** The bot's command of this name, if this person can use it here. */
export function commandNamed(context: PlaygroundContext, channel: Channel, person: User, use: CommandUse): Command {
  const { world, bot } = context;
  const usable = usableCommands(world, bot.userId, channel.guild_id);
  const found = usable.find(({ name, type }) => name === use.name && (type !== 1) === (use.target !== undefined));
  if (!found) {
    const names = usable.map(({ name }) => name).join(', ') || 'none';
    throw new Error(`The bot has no command ${use.name} here. It has: ${names}.`);
  }
  if (!mayUse(context, channel, person, found)) throw new Error(`${person.username} may not use ${use.name} here.`);
  return found;
}

/** Whether a person may use a command, by the channel's permission and by the command's own default. */
export function mayUse({ world }: PlaygroundContext, channel: Channel, person: User, command: Command): boolean {
  if (!guildOf(world, channel)) return channel.recipients?.includes(person.id) ?? false;
  if (!may(world, channel, person.id, Permission.USE_APPLICATION_COMMANDS)) return false;
  const needed = command.rest['default_member_permissions'];
  if (typeof needed !== 'string') return true;
  const bits = BigInt(needed);
  const has = channelPermissions(world, channel, person.id);
  return (has & Permission.ADMINISTRATOR) !== 0n || (bits !== 0n && (has & bits) === bits);
}

interface Filling extends Resolving {
  focused: string | undefined;
}

/** The `data` of a command's interaction: its options with their types, and the objects that their ids stand for. */
export function commandData(
  context: PlaygroundContext,
  command: Command,
  channel: Channel,
  use: CommandUse,
  focused?: string,
): Json {
  const filling: Filling = { ...startResolving(context, channel), focused };
  const named = use.subcommand?.split(' ') ?? [];
  const options = fillOptions(filling, optionsOf(command.rest), use.options ?? {}, named);
  const target = use.target === undefined ? {} : targetOf(filling, command, use.target);
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guild_id !== undefined && { guild_id: command.guild_id }),
    ...(options.length > 0 && { options }),
    ...target,
    ...resolvedOf(filling),
  };
}

function optionsOf(thing: Json): Json[] {
  return (thing['options'] as Json[] | undefined) ?? [];
}

function targetOf(filling: Filling, command: Command, target: string): Json {
  const { world, bot } = filling.context;
  if (command.type === 2) return { target_id: resolveUser(filling, target) };
  const message = messageWithId(filling.context, target);
  addResolved(filling, 'messages', message.id, messageJson(world, message, bot.userId));
  return { target_id: message.id };
}

function fillOptions(filling: Filling, known: Json[], given: Record<string, OptionValue>, path: string[]): Json[] {
  const [step, ...rest] = path;
  const nested = known.filter(({ type }) => type === OptionType.SUBCOMMAND || type === OptionType.GROUP);
  if (nested.length > 0) {
    const chosen = nested.find(({ name }) => name === step);
    if (!chosen) throw new Error(`Say which: ${nested.map(({ name }) => String(name)).join(', ')}.`);
    const options = fillOptions(filling, optionsOf(chosen), given, rest);
    return [{ name: chosen['name'], type: chosen['type'], options }];
  }
  const unknown = Object.keys(given).find((name) => !known.some((option) => option['name'] === name));
  if (unknown !== undefined) throw new Error(`The command has no option ${unknown}.`);
  return known.flatMap((option) => {
    const name = String(option['name']);
    const value = given[name];
    const missing = option['required'] === true && filling.focused === undefined;
    if (value === undefined && missing) throw new Error(`The option ${name} is required.`);
    if (value === undefined) return [];
    const focused = filling.focused === name ? { focused: true } : {};
    return [{ name, type: option['type'], value: optionValue(filling, option, value), ...focused }];
  });
}

function optionValue(filling: Filling, option: Json, value: OptionValue): string | number | boolean {
  if (typeof value === 'object') {
    if (option['type'] === OptionType.ATTACHMENT) return resolveFile(filling, value);
    throw new Error(`The option ${String(option['name'])} takes no file.`);
  }
  const choices = option['choices'] as { name: string; value: string | number }[] | undefined;
  const choice = choices?.find((c) => c.value === value || c.name === value);
  if (choices && choices.length > 0 && !choice) throw new Error(`${String(value)} is not offered.`);
  if (choice) return choice.value;
  // What a person has typed so far goes to the bot as it is.
  if (filling.focused === option['name']) return String(value);
  switch (option['type']) {
    case OptionType.STRING:
      return String(value);
    case OptionType.INTEGER:
    case OptionType.NUMBER:
      return Number(value);
    case OptionType.BOOLEAN:
      return value === true || value === 'true';
    case OptionType.USER:
      return resolveUser(filling, String(value));
    case OptionType.CHANNEL:
      return resolveChannel(filling, String(value), (option['channel_types'] as number[] | undefined) ?? []);
    case OptionType.ROLE:
      return resolveRole(filling, String(value));
    case OptionType.MENTIONABLE:
      return resolveMentionable(filling, String(value));
    default:
      throw new Error(`The option ${String(option['name'])} is of a type that the playground does not know.`);
  }
}
