import { Redis } from 'ioredis';
import { openWitness } from '#test/model/witness.ts';
import { watchFileDeeds } from './call-file-points.ts';
import { crashPoints, type Phase } from './crash-points.ts';

// Loaded into a service with `--import`. The process ends as by kill -9 at a named point: before a command to Redis is
// sent, when it has been sent, or when its answer has come. The same works for what a tool-runner does to its call
// file. CRASH_AT is `phase:point`, CRASH_NTH says at which passing.
// Without CRASH_AT the process lives, and each point that it passes is witnessed once.

const [phase, name] = (process.env['CRASH_AT'] ?? ':').split(':', 2) as [Phase | '', string];
const nth = Number(process.env['CRASH_NTH'] ?? 1);
const witness = openWitness(process.env['CRASH_WITNESS'] ?? '/dev/null');
const matches = crashPoints[name] ?? (() => false);
let seen = 0;

function crash(): void {
  witness.append({ at: Date.now(), point: `${phase}:${name}`, pid: process.pid });
  process.kill(process.pid, 'SIGKILL');
}

type Send = typeof Redis.prototype.sendCommand;
// oxlint-disable-next-line unbound-method -- called with its own `this` below
const send: Send = Redis.prototype.sendCommand;

const passed = new Set<string>();

function census(command: string, args: string[]): void {
  for (const [point, fits] of Object.entries(crashPoints)) {
    if (passed.has(point) || !fits(command, args)) continue;
    passed.add(point);
    witness.append({ point });
  }
}

/** Whether the process is to end at this passing. */
function comesBy(command: string, args: string[]): boolean {
  if (name === '') census(command, args);
  return matches(command, args) && (seen += 1) === nth;
}

function crashingSend(this: Redis, ...[command, stream]: Parameters<Send>): unknown {
  const hit = comesBy(command.name, command.args.map(String));
  if (hit && phase === 'before') crash();
  // This listener is added first, so that it runs before those that wait for the command.
  if (hit && phase === 'after') command.promise.then(crash, crash);
  const result = send.call(this, command, stream);
  if (hit && phase === 'sent') setImmediate(crash);
  return result;
}
Redis.prototype.sendCommand = crashingSend;

await watchFileDeeds((deed, what) => {
  const hit = comesBy(deed, [what]);
  const crashIf = (at: Phase) => () => {
    if (hit && phase === at) crash();
  };
  crashIf('before')();
  return { begun: crashIf('sent'), done: crashIf('after') };
});
