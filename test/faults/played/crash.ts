import { Redis } from 'ioredis';
import { openWitness } from '#test/model/witness.ts';
import { crashPoints, type Phase } from './crash-points.ts';

// Loaded into a service with `--import`: the process ends as by kill -9 at a named point, namely before a command to
// Redis is sent, when it has been sent, or when its answer has come. CRASH_AT is `phase:point`, CRASH_NTH which time.
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

function crashingSend(this: Redis, ...[command, stream]: Parameters<Send>): unknown {
  const args = command.args.map(String);
  if (name === '') census(command.name, args);
  const hit = matches(command.name, args) && (seen += 1) === nth;
  if (hit && phase === 'before') crash();
  // Asked for first, so that it is heard of before who waits for it.
  if (hit && phase === 'after') command.promise.then(crash, crash);
  const result = send.call(this, command, stream);
  if (hit && phase === 'sent') setImmediate(crash);
  return result;
}
Redis.prototype.sendCommand = crashingSend;
