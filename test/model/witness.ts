import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/**
 * An append-only file that survives a kill of its writer and of the machine: one JSON line for each event, each synced.
 */
export interface Witness extends Disposable {
  append(line: object): void;
}

export function openWitness(file: string): Witness {
  const fd = openSync(file, 'a');
  return {
    append(line) {
      // Each line is one write, because O_APPEND then keeps the lines of several processes whole.
      writeSync(fd, `${JSON.stringify(line)}\n`);
      fsyncSync(fd);
    },
    [Symbol.dispose]() {
      closeSync(fd);
    },
  };
}
