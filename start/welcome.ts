import path from 'node:path';
import { paint } from '#shared/ground/paint.ts';
import { projectRoot } from '#services/cli/stack-file.ts';
import { describeHttpDoor, type HttpDoor } from './http-door.ts';
import type { Addresses } from './stack.ts';

const startedAt = performance.now();

/** Tells where everything will be, while it is still being started. */
export function showAddresses({ page, api }: Addresses, logs: string): void {
  say([
    page ? row('Chat with the bot:', `${paint.cyan(page)}  (the playground, a stand-in for Discord)`) : '',
    row('In a terminal:', 'npx dragoman chat'),
    row('Over HTTP:', paint.cyan(api)),
    row('Logs:', shown(logs)),
    paint.dim('What you write there now is answered as soon as all is ready.'),
  ]);
}

/** Tells that everything is ready, and how to stop it. */
export function showReady(page: string | undefined, door: HttpDoor | undefined): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const http = door && describeHttpDoor(door);
  say([
    paint.bold(`Ready after ${seconds} s.`) + (page ? '' : ' The bot is on Discord: mention it there.'),
    http ? row('Over HTTP:', paint.cyan(http.address)) : '',
    http ? row('', http.example) : '',
    row('Stop:', 'Ctrl-C'),
  ]);
}

function row(label: string, value: string): string {
  return `${paint.bold(label)}${' '.repeat(20 - label.length)}${value}`;
}

function say(lines: string[]): void {
  process.stdout.write(`\n${lines.filter(Boolean).join('\n')}\n`);
}

/** A path, relative to the project's folder where that is shorter. */
function shown(file: string): string {
  const relative = path.relative(projectRoot, file);
  return relative.startsWith('..') ? file : relative;
}
