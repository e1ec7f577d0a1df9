import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createContext } from './context.ts';
import { createControls, type Controls } from './controls/controls.ts';
import type { PlaygroundOptions } from './options.ts';
import { createPlaygroundServer } from './server.ts';
import { demoIds } from './state/demo.ts';

/** A running stand-in for Discord. */
export interface Playground extends AsyncDisposable {
  /** What a bot gets as DISCORD_API_BASE (discord.js: `rest.api`), such as http://127.0.0.1:1234/api. */
  url: string;
  /** The page for people. */
  pageUrl: string;
  port: number;
  /** The token of the demo server's bot. */
  token: string;
  botId: string;
  guildId: string;
  /** Ids of the demo server's channels by name: general, data, ops. */
  channels: typeof demoIds.channels;
  /** Ids of its people by name: Ada (owner, admin), Dev, Olga, Max, Guest. */
  people: typeof demoIds.people;
  /** Ids of its roles by name. */
  roles: typeof demoIds.roles;
  controls: Controls;
}

/**
 * Starts a playground on this machine. Rejects when its port is taken. It keeps everything in memory; only with
 * `dataFolder` something outlives it.
 */
export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const context = createContext(options);
  const controls = createControls(context);
  const server = createPlaygroundServer(context, controls);
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    await context[Symbol.asyncDispose]();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const own = `http://${reachable}:${port}`;
  context.url = options.url?.replace(/\/$/, '') ?? own;
  context.world.cdn = `${context.url}/cdn`;
  return {
    url: `${context.url}/api`,
    pageUrl: own,
    port,
    token: context.bot.token,
    botId: context.bot.userId,
    guildId: demoIds.guild,
    channels: demoIds.channels,
    people: demoIds.people,
    roles: demoIds.roles,
    controls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await context[Symbol.asyncDispose]();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
