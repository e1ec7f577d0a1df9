import { Redis } from 'ioredis';
import { openWitness } from '#test/model/witness.ts';
import { watchFileDeeds } from './call-file-points.ts';
import { crashPoints, type Phase } from './crash-points.ts';

// Loaded into a service with `--import`: the process ends as by kill -9 at a named point, namely before a command to
// Redis is sent, when it has been sent, or when its answer has come; or the same with what a tool-runner does to its call file. CRASH_AT is `phase:point`, CRASH_NTH which time.
// Without CRASH_AT the process lives, and each point that it comes by is witnessed once.

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

/** Whether this is the time at which the process is to end. */
function comesBy(command: string, args: string[]): boolean {
  if (name === '') census(command, args);
  return matches(command, args) && (seen += 1) === nth;
}

function crashingSend(this: Redis, ...[command, stream]: Parameters<Send>): unknown {
  const hit = comesBy(command.name, command.args.map(String));
  if (hit && phase === 'before') crash();
  // Asked for first, so that it is heard of before who waits for it.
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
