import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { complaintsOf } from './lua-scripts.ts';

const head = '-- keys: record line\n-- args: id\n-- uses: clock\n';
const right = `${head}redis.call('RPUSH', line, args.id)\nreturn redis.call('HSET', record, 'at', clock())\n`;

/**
 * A script with one fault, and a part of the expected complaint. Undefined: the script is right, and no complaint may
 * come.
 */
const plants: [source: string, complaint: string | undefined][] = [
  [right, undefined],
  [right.replace('args.id', 'args.name'), 'names no argument "name"'],
  [right.replace('args.id', '"x"'), 'does not use its argument "id"'],
  [right.replace("'HSET', record", "'HSET', line"), 'does not use its key "record"'],
  [right.replace("'HSET', record", "'HSET', recrod"), 'nobody gives it "recrod"'],
  [right.replace('return', 'found ='), 'nobody gives it "found"'],
  [right.replace('-- uses: clock\n', ''), 'nobody gives it "clock"'],
  [right.replace('return', 'retrun'), 'expected'],
];

/** Complains when a planted fault is not found, or when a right script is reported. */
export function luaCanary(): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-lua-'));
  try {
    return plants.flatMap(([source, complaint], index) => {
      const file = path.join(folder, `${index}.lua`);
      writeFileSync(file, source);
      const found = complaintsOf(file);
      const missed = complaint !== undefined && !found.some((each) => each.includes(complaint));
      const wrong = complaint === undefined && found.length > 0;
      return missed || wrong ? [`plant ${index}: wanted ${complaint ?? 'nothing'}, got ${found.join('; ')}`] : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
