import { randomBytes } from 'node:crypto';
import type { Bot, User } from './types.ts';
import type { World } from './world.ts';

/**
 * How many IDENTIFYs a bot may send a day;
 * https://discord.com/developers/docs/topics/gateway#session-start-limit-object
 */
export const IDENTIFIES_A_DAY = 1000;
export const DAY_MS = 86_400_000;

/** GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT. */
export const PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15);

export interface NewUser {
  id?: string;
  name: string;
  displayName?: string;
  bot?: boolean;
}

export function createUser(world: World, input: NewUser): User {
  const user: User = {
    id: input.id ?? world.newId(),
    username: input.name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '_'),
    global_name: input.bot === true ? null : (input.displayName ?? input.name),
    bot: input.bot ?? false,
    dmsClosed: false,
    locale: 'en-US',
  };
  if (user.bot) user.username = input.name;
  world.users.set(user.id, user);
  return user;
}

export interface NewBot {
  id?: string;
  name: string;
  token?: string;
  ownerId: string;
  privilegedIntents?: number;
}

/** A token in Discord's form: the user id, a time and a secret, each in base64url. */
export function makeToken(userId: string): string {
  const id = Buffer.from(userId).toString('base64url');
  return `${id}.${randomBytes(4).toString('base64url')}.${randomBytes(28).toString('base64url')}`;
}

export function createBot(world: World, input: NewBot): Bot {
  const user = createUser(world, { name: input.name, bot: true, ...(input.id !== undefined && { id: input.id }) });
  const bot: Bot = {
    userId: user.id,
    token: input.token ?? makeToken(user.id),
    ownerId: input.ownerId,
    privilegedIntents: input.privilegedIntents ?? PRIVILEGED_INTENTS,
    identifiesLeft: IDENTIFIES_A_DAY,
    identifiesResetAt: world.clock.now() + DAY_MS,
    lastIdentify: new Map(),
  };
  world.bots.set(bot.token, bot);
  return bot;
}

/** Finds a person by id, or by user name or shown name. */
export function findUser(world: World, nameOrId: string): User | undefined {
  const byId = world.users.get(nameOrId);
  if (byId) return byId;
  const wanted = nameOrId.toLowerCase();
  return [...world.users.values()].find(
    (user) => user.username.toLowerCase() === wanted || user.global_name?.toLowerCase() === wanted,
  );
}
