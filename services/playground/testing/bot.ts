import { once } from 'node:events';
import { Client, GatewayIntentBits, Partials, type ClientOptions, type TextChannel } from 'discord.js';
import type { Playground } from '../start.ts';

export interface TestBot extends AsyncDisposable {
  client: Client<true>;
  /** The demo server's channel from the bot's cache. */
  channel(name: keyof Playground['channels']): TextChannel;
}

/** For `expect.poll`: long enough for a busy machine. */
export const PATIENTLY = { timeout: 30_000, interval: 20 };

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.MessageContent,
];

/** An unmodified discord.js client that has logged in to the playground and knows its servers. */
export async function startTestBot(playground: Playground, options: Partial<ClientOptions> = {}): Promise<TestBot> {
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Channel],
    ...options,
    rest: { api: playground.url, ...options.rest },
  });
  const ready = once(client, 'clientReady');
  await client.login(playground.token);
  await ready;
  return {
    client: client as Client<true>,
    channel: (name) => client.channels.cache.get(playground.channels[name]) as TextChannel,
    [Symbol.asyncDispose]: () => client.destroy(),
  };
}

/** The next event of this name: its only argument, or the first of several. */
export async function nextEvent<T>(emitter: Client, name: string): Promise<T> {
  const [first] = (await once(emitter, name)) as [T];
  return first;
}

/** The HTTP status and Discord code of a refused request. */
export async function refusalOf(work: Promise<unknown>): Promise<{ status: unknown; code: unknown }> {
  try {
    await work;
  } catch (error) {
    const { status, code } = error as { status?: unknown; code?: unknown };
    return { status, code };
  }
  throw new Error('The request was not refused.');
}
