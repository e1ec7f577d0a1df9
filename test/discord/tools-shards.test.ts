import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToolbox } from '#services/worker/tools/create-toolbox.ts';
import type { Toolbox, ToolCallOutcome } from '#services/worker/tools/toolbox.ts';
import { guildShard } from '#services/playground/gateway/delivery.ts';
import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import type { Caller } from '#shared/run/request.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { freePort } from '#test/lib/ports.ts';
import { startRig, until, type Rig } from './rig.ts';
import { signingKey } from './tools-rig.ts';

// Two real ingress processes with a shard each, under one name, as Compose gives it to them; a worker's own toolbox
// calls the tools.

const policyText = `
version: 1
roles: { all: { allow: ["discord_list_channels", "discord_read_messages", "discord_server_info"], approve: ["discord_post_message"] } }
members: { everyone: [all] }
`;

let rig: Rig;
let toolbox: Toolbox;
let name: PlayedName;
let folder: string;
const processes: { ingress: ServiceProcess; port: number }[] = [];
/** A server on each of the two shards, with a channel. */
const places: { guild: string; channel: string }[] = [];
let last: { guild: string; channel: string };

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false, shards: 2, maxConcurrency: 8 }, start: false });
  const { playground, controls } = rig;
  places[guildShard(playground.guildId, 2)] = { guild: playground.guildId, channel: playground.channels.general };
  // There are more servers than are looked through for somebody who asks in direct messages.
  for (let at = 0; at < 25 || places[0] === undefined || places[1] === undefined; at += 1) {
    const guild = controls.addGuild({ name: `Other ${at}`, owner: 'Ada' });
    last = { guild, channel: controls.addChannel({ name: 'last', guild }) };
    places[guildShard(guild, 2)] ??= { guild, channel: controls.addChannel({ name: 'far', guild }) };
  }
  for (const [shard, { channel }] of places.entries())
    controls.say({ channel, author: 'Ada', content: `tea on ${shard}` });
  for (const shard of [0, 1]) processes.push(await startIngress(shard));
  name = await playName();
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-tools-shards-'));
  const file = path.join(folder, 'servers.json');
  await writeFile(file, '{"mcpServers":{"discord":{"command":"x","domain":"discord"}}}');
  const policy = parsePolicy(policyText);
  toolbox = createToolbox({
    config: {
      MCP_SERVERS_FILE: file,
      TOOL_RUNNERS: [`discord=http://127.0.0.1:${name.port}/mcp`],
      TOOLS_REFRESH_MS: 600_000,
      TOOL_TIMEOUT_MS: 60_000,
      TOOL_RESULT_MAX_CHARS: 10_000,
    },
    policy: { current: () => policy, [Symbol.asyncDispose]: async () => undefined },
    signer: createSigner(signingKey),
  });
}, 180_000);

afterAll(async () => {
  await toolbox?.[Symbol.asyncDispose]();
  await Promise.all(processes.map(({ ingress }) => ingress[Symbol.asyncDispose]()));
  await name?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function startIngress(shard: number): Promise<{ ingress: ServiceProcess; port: number }> {
  const port = await freePort();
  const policy = path.join(await mkdtemp(path.join(tmpdir(), 'dragoman-policy-')), 'policy.yaml');
  await writeFile(policy, policyText);
  const ingress = await startServiceProcess('services/ingress/main.ts', {
    REDIS_URL: rig.server.url,
    DISCORD_TOKEN: rig.playground.token,
    DISCORD_API_BASE: rig.playground.url,
    DISCORD_SHARDS: '2',
    DISCORD_SHARD_IDS: String(shard),
    DISCORD_TOOLS_PORT: String(port),
    DRAGOMAN_SIGNING_KEY: signingKey,
    POLICY_FILE: policy,
  });
  return { ingress, port };
}

interface PlayedName extends AsyncDisposable {
  port: number;
  /** The port that all connections of this moment on lead to first. */
  first(port: number): void;
}

/** What a name with several addresses is to a client: a connection that is refused at one is made to another. */
async function playName(): Promise<PlayedName> {
  let order = processes.map(({ port }) => port);
  const server = createServer((socket) => {
    const lead = ([port, ...rest]: number[]): void => {
      if (port === undefined) return void socket.destroy();
      const behind = connect(port, '127.0.0.1');
      socket.on('error', () => behind.destroy());
      behind.once('error', () => lead(rest));
      behind.once('connect', () => {
        behind.removeAllListeners('error');
        behind.on('error', () => socket.destroy());
        behind.on('close', () => socket.destroy());
        socket.on('close', () => behind.destroy());
        socket.pipe(behind).pipe(socket);
      });
    };
    lead(order);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    first(port) {
      order = [port, ...order.filter((each) => each !== port)];
    },
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

function callerIn({ guild, channel }: { guild: string; channel: string }): Caller {
  return { kind: 'discord', id: rig.playground.people.Ada, name: 'Ada', discordRoles: [], guild, channel };
}

let calls = 0;

async function call(tool: string, args: Record<string, unknown>, caller: Caller): Promise<ToolCallOutcome> {
  const offered = (await toolbox.offer(caller)).tools.find((each) => each.name === tool);
  if (!offered) throw new Error(`${tool} is not offered`);
  const { signal } = new AbortController();
  const order = { runId: 'run', caller, arguments: args, idempotencyKey: `key-${(calls += 1)}`, signal, tool: offered };
  return toolbox.call({ ...order, approvedArguments: argumentsHash(args) });
}

test('each process answers for the servers of both shards, with the rights of this moment', async () => {
  for (const { port } of processes) {
    name.first(port);
    for (const [shard, place] of places.entries()) {
      const caller = callerIn(place);
      expect(await call('discord_read_messages', {}, caller)).toMatchObject({
        outcome: 'ok',
        content: expect.stringContaining(`tea on ${shard}`),
      });
      const listed = await call('discord_list_channels', {}, caller);
      expect(listed.content).toContain(place.channel);
      const info = await call('discord_server_info', {}, caller);
      expect(info.content).toMatch(/"members":\s*[1-9]/);
    }
  }
});

test('in direct messages the channel that somebody names tells the server, whichever process it is of', async () => {
  const { people } = rig.playground;
  const caller: Caller = { kind: 'discord', id: people.Ada, name: 'Ada', discordRoles: [] };
  for (const { port } of processes) {
    name.first(port);
    for (const [shard, { channel }] of places.entries()) {
      for (const named of [channel, `<#${channel}>`])
        expect((await call('discord_read_messages', { channel: named }, caller)).content).toContain(`tea on ${shard}`);
    }
    expect((await call('discord_server_info', {}, caller)).content).toContain('shares several servers');
  }
});

test('with more servers than are looked through, the channel is found all the same, and nothing is said of the others', async () => {
  const id = rig.controls.addPerson({ name: 'Lone', guild: last.guild });
  rig.controls.say({ channel: last.channel, author: 'Ada', content: 'tea in the last' });
  const caller: Caller = { kind: 'discord', id, name: 'Lone', discordRoles: [] };
  const stranger: Caller = { ...caller, id: rig.controls.addPerson({ name: 'Stranger', guild: places[0]!.guild }) };
  for (const { port } of processes) {
    name.first(port);
    const link = `https://discord.com/channels/${last.guild}/${last.channel}`;
    const read = await call('discord_read_messages', { channel: link }, caller);
    expect(read.content).toContain('tea in the last');
    expect((await call('discord_server_info', {}, caller)).content).not.toContain('shares no server');
    expect((await call('discord_read_messages', { channel: link }, stranger)).content).not.toContain('tea in the last');
  }
});

test('what somebody may no longer see is hidden at the next call, also of a server of another process', async () => {
  for (const { port } of processes) {
    name.first(port);
    for (const { guild, channel } of places) {
      const person = `Guest ${port} ${guild}`;
      const id = rig.controls.addPerson({ name: person, guild });
      const caller: Caller = { kind: 'discord', id, name: person, discordRoles: [], guild, channel };
      expect((await call('discord_list_channels', {}, caller)).content).toContain(channel);
      rig.controls.permit(channel, person, { deny: ['VIEW_CHANNEL'] });
      expect((await call('discord_list_channels', {}, caller)).content).not.toContain(channel);
      const read = await call('discord_read_messages', { channel }, caller);
      expect(read.content).toContain('There is no channel');
      rig.controls.removePerson(person, guild);
      expect((await call('discord_list_channels', {}, caller)).content).toContain('no member of this server any more');
    }
  }
});

test('a process is killed while calls are under way: one that reads goes on at the other, one that posts posts once', async () => {
  const [dying] = processes;
  const [place] = places;
  if (!dying || !place) throw new Error('nothing to kill');
  name.first(dying.port);
  const [caller, route] = [callerIn(place), `/channels/${place.channel}/messages`];
  // Discord answers neither, and has posted what it does not tell of.
  rig.controls.inject({ route: `GET ${route}`, hang: true });
  rig.controls.inject({ route: `POST ${route}`, hang: true, afterStore: true });
  const reads = call('discord_read_messages', {}, caller);
  const posts = call('discord_post_message', { channel: place.channel, content: 'Dinner is ready.' }, caller);
  await until('both are under way', () => {
    const { hang = 0, 'hang after store': stored = 0 } = rig.controls.faultHits();
    return hang > 0 && stored > 0;
  });
  process.kill(dying.ingress.pid, 'SIGKILL');
  await dying.ingress.ended();
  expect(await reads).toMatchObject({ outcome: 'ok', content: expect.stringContaining('tea on 0') });
  expect(await posts).toMatchObject({ outcome: 'interrupted', content: expect.stringContaining('not known') });
  const posted = rig.controls.messages(place.channel).filter(({ content }) => content === 'Dinner is ready.');
  expect(posted).toHaveLength(1);
});
