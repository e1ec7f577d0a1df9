import type { Command, Json } from './types.ts';
import type { World } from './world.ts';

export function commandJson(command: Command): Json {
  const { rest, ...own } = command;
  return { ...own, ...rest };
}

export function commandsOf(world: World, applicationId: string, guildId?: string): Command[] {
  return [...world.commands.values()].filter(
    (command) => command.application_id === applicationId && command.guild_id === guildId,
  );
}

/** The commands of an application that work in a server (or, without one, in DMs). */
export function usableCommands(world: World, applicationId: string, guildId?: string): Command[] {
  const own = guildId === undefined ? [] : commandsOf(world, applicationId, guildId);
  const global = commandsOf(world, applicationId).filter((command) => guildId !== undefined || worksInDms(command));
  return [...own, ...global.filter((g) => !own.some((c) => c.name === g.name && c.type === g.type))];
}

function worksInDms(command: Command): boolean {
  const contexts = command.rest['contexts'] as number[] | null | undefined;
  if (contexts) return contexts.includes(1);
  return command.rest['dm_permission'] !== false;
}
