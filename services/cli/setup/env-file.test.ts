import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepSettings, readEnvFile } from './env-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-env-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('keeps what else is in the file, and each variable once', () => {
  const file = path.join(folder, 'a');
  writeFileSync(file, '# about A\nA=1\n\nexport B="two"\nA=3\n#C=4');
  keepSettings({ A: 'x', C: 'new', B: undefined }, file);
  expect(readFileSync(file, 'utf8')).toBe('# about A\nA=x\n\n#C=4\nC=new\n');
});

test.each(['plain', 'with space', 'p#a$b"c`d\\', 'https://u:p@h/x?y=1&z=2', ''])(
  'reads back what it wrote: %s',
  (value) => {
    const file = path.join(folder, 'b');
    keepSettings({ VALUE: value }, file);
    expect(readEnvFile(file)['VALUE']).toBe(value);
  },
);

test('refuses what no line can hold', () => {
  expect(() => keepSettings({ VALUE: 'two\nlines' }, path.join(folder, 'c'))).toThrow('line break');
});
