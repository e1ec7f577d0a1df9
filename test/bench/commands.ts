import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Redis } from 'ioredis';
import { connectRedis } from '#shared/redis/connect.ts';
import { readScript, scriptOf } from '#shared/redis/script.ts';
import { scriptFiles } from '#test/checks/lua-scripts.ts';
import { watchCommands } from '#test/lib/monitor.ts';
import { table } from './stats.ts';

/**
 * The commands that clients sent, by the name of their connection, then by command. A script goes by the name of its
 * file.
 */
export type Commands = Map<string, Map<string, number>>;

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Counts what arrives at Redis while `work` is done, as MONITOR shows it. A command makes a trip of its own, or shares
 * one with its neighbours. What scripts call inside Redis is counted under `lua`.
 */
export async function countByConnection(redisUrl: string, work: () => Promise<void>): Promise<Commands> {
  const redis = connectRedis(redisUrl, 'bench-counter');
  const monitor = await watchCommands(redis);
  for (const file of scriptFiles(root)) readScript(pathToFileURL(path.join(root, file)));
  const sent: { source: string; command: string }[] = [];
  monitor.on('monitor', (_time: string, [command = '', ...args]: string[], source: string) => {
    const other = /^eval/i.test(command) ? 'bullmq' : command.toLowerCase();
    sent.push({ source, command: scriptOf(command, args) ?? other });
  });
  try {
    await work();
    const names = await connectionNames(redis);
    const commands: Commands = new Map();
    for (const { source, command } of sent) {
      const name = source === 'lua' ? source : (names.get(source) ?? 'gone');
      if (name === 'dragoman-bench-counter') continue;
      const counts = commands.get(name) ?? new Map<string, number>();
      commands.set(name, counts.set(command, (counts.get(command) ?? 0) + 1));
    }
    return commands;
  } finally {
    monitor.disconnect();
    redis.disconnect();
  }
}

async function connectionNames(redis: Redis): Promise<Map<string, string>> {
  const list = String(await redis.client('LIST'));
  return new Map(
    [...list.matchAll(/^id=\d+ addr=(\S+) .*?\bname=(\S*)/gm)].map(([, address = '', name = '']) => [address, name]),
  );
}

/** Subtracts one count from another, each multiplied, because what idling did in the same time is not the runs' own. */
export function perRun(busy: Commands, idle: Commands, { runs, share }: { runs: number; share: number }): Commands {
  const left: Commands = new Map();
  for (const [name, counts] of busy) {
    const rest = [...counts].map(([command, count]): [string, number] => {
      return [command, (count - (idle.get(name)?.get(command) ?? 0) * share) / runs];
    });
    const own = rest.filter(([, count]) => count >= 0.05);
    if (own.length > 0) left.set(name, new Map(own));
  }
  return left;
}

/** How many commands clients sent. */
export function allCommands(commands: Commands): number {
  return ofClients(commands).reduce((total, [, counts]) => total + sum(counts), 0);
}

function ofClients(commands: Commands): [name: string, counts: Map<string, number>][] {
  return [...commands].filter(([name]) => name !== 'lua');
}

function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The counts as text, the busiest connection first. */
export function listCommands(commands: Commands): string {
  const rows = ofClients(commands)
    .toSorted(([, a], [, b]) => sum(b) - sum(a))
    .map(([name, counts]) => [
      // BullMQ's own connections have the name of their queue in base64.
      name.replace(/^\{dragoman\}:(.+)$/, (_, queue: string) => `bullmq ${Buffer.from(queue, 'base64').toString()}`),
      sum(counts).toFixed(1),
      [...counts].map(([command, count]) => `${command} ${count.toFixed(1)}`).join(', '),
    ]);
  return table([['connection', 'commands', ''], ...rows, ['all', allCommands(commands).toFixed(1), '']]);
}
