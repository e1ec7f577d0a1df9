import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Wall clocks of processes, each with a name, that a test can step. Their monotonic clocks go on, as when a machine's
 * clock is set.
 */
export interface Clocks extends Disposable {
  /** The environment of a process whose clock has this name. */
  envOf(name: string): Record<string, string>;
  /** From now on this clock differs from the true one by this many milliseconds. */
  step(name: string, ms: number): void;
}

const source = path.resolve(import.meta.dirname, '../played/clock.c');

/**
 * Undefined where this is not possible: there is no C compiler, or the system's programs cannot load such a library.
 */
export async function makeClocks(): Promise<Clocks | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-clocks-'));
  const library = path.join(folder, 'clock.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source]);
  const names = new Set<string>();
  const fileOf = (name: string) => path.join(folder, name);
  const clocks: Clocks = {
    envOf(name) {
      if (!names.has(name)) clocks.step(name, 0);
      return { LD_PRELOAD: library, CLOCK_FILE: fileOf(name) };
    },
    step(name, ms) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(ms));
      // The file is overwritten in place, because its readers have it mapped.
      const fd = openSync(fileOf(name), names.has(name) ? 'r+' : 'w+');
      names.add(name);
      writeSync(fd, bytes, 0, bytes.length, 0);
      closeSync(fd);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  if (built.status === 0 && obeys(clocks)) return clocks;
  clocks[Symbol.dispose]();
  return undefined;
}

/** Whether Node follows such a clock here. */
function obeys(clocks: Clocks): boolean {
  clocks.step('probe', 3_600_000);
  const env = { ...process.env, ...clocks.envOf('probe') };
  const { stdout } = spawnSync(process.execPath, ['-p', 'Date.now()'], { env, encoding: 'utf8' });
  return Number(stdout) > Date.now() + 1_800_000;
}
