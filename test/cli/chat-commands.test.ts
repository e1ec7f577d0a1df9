import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { displayWidth } from '#shared/tables/width.ts';
import { ptyMissing } from '#test/lib/on-terminal.ts';
import { startCliRig, type CliRig } from './cli-rig.ts';

// What a chat offers beside questions, and how an answer looks at narrow and wide terminals.

vi.setConfig({ testTimeout: 240_000 });

let rig: CliRig;
let folder: string;
beforeAll(async () => {
  rig = await startCliRig();
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-attached-'));
  writeFileSync(path.join(folder, 'error log.txt'), 'disk full\n');
  writeFileSync(path.join(folder, 'picture.png'), Buffer.from([0x89, 0x50, 0xff, 0xfe, 0]));
});
afterAll(async () => {
  vi.resetConfig();
  rmSync(folder, { recursive: true, force: true });
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => rig.forget());

const attached = '\n\n[Attached file: error log.txt]\ndisk full\n[End of error log.txt]';
const answer = [
  `A paragraph with ${'some words that go on and on '.repeat(6)}until its end.`,
  '- **bold** and a [link](https://example.org/x), written to ada@example.org',
  '| name | city | note | revenue |\n| --- | --- | --- | ---: |\n| Ada Lovelace | London | the first of all of them to see what it could do | 12.50 |',
  '-# small print',
].join('\n\n');

describe.skipIf(ptyMissing !== undefined)(`at a terminal${ptyMissing ? ` (${ptyMissing})` : ''}`, () => {
  it('says who answers and who asks, and knows /model, /tools, /attach, /new and /help', async () => {
    await using program = rig.atTerminal(['chat']);
    await program.until(/Dragoman · model default · you are \S+, with the rights of \w+[\s\S]*Try: [\s\S]*you › /);
    program.type('/model nonsense\r');
    await program.until(/There is no model nonsense\.[\s\S]*Now: model default\.[\s\S]*There are: \S+/);
    program.type('/tools\r');
    await program.until(/No stack runs from this folder\. Start one with npm start/);
    program.type(`/attach ${folder}/picture.png\r`);
    await program.until(/picture\.png cannot be attached: it is no text\./);
    program.type(`/attach '${folder}/error log.txt'\r`);
    await program.until(/error log\.txt goes with your next message\./);
    program.type('/help\r');
    await program.until(/\/attach <file> sends a text file/);
    program.type('What is this?\r');
    await program.until(/Answer 1 is here/);
    await program.until(/answered · [\d.]+ m?s · no tools\s/);
    program.type('/new\r');
    await program.until(/A new conversation\./);
    program.type('And now?\r');
    await program.until(/Answer 2 is here/);
    expect(rig.questions).toEqual([`What is this?${attached}`, 'And now?']);
    expect(program.shown()).not.toContain('terminal-');
  });

  it.each([60, 80, 140])('shows an answer at %i columns without a line too wide or a word in two', async (columns) => {
    rig.answer('show me', answer);
    await using program = rig.atTerminal(['run', 'show me'], {}, columns);
    expect(await program.ended).toBe(0);
    const lines = program.shown().split(/\r?\n/);
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    const text = lines.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('until its end.');
    expect(text).toContain('• bold and a link (https://example.org/x), written to ada@example.org');
    expect(program.shown()).not.toMatch(/\*\*|-# |mailto:|\| /);
    // A table that does not fit is turned.
    if (columns === 140) expect(text).toMatch(/name city note revenue/);
    if (columns === 60)
      expect(text).toMatch(
        /Ada Lovelace city: London note: the first of all of them to see what it could do revenue: 12\.50/,
      );
  });
});

it('takes files with --attach and says which it cannot take', async () => {
  const file = path.join(folder, 'error log.txt');
  const { code, stdout } = await rig.run(['run', '--no-stdin', 'What is this?', '--attach', file], '');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Answer 1 is here.\n' });
  expect(rig.questions).toEqual([`What is this?${attached}`]);
  const missing = await rig.run(['run', 'What?', '--attach', '/nowhere'], '');
  expect(missing).toMatchObject({ code: 2, stderr: '/nowhere cannot be attached: there is no such file.\n' });
});

it('tells models, tokens and the id of the run only when asked', async () => {
  const quiet = await rig.run(['run', '--no-stdin', 'Hello'], '');
  expect(quiet.stderr).toMatch(/^answered · [\d.]+ m?s · no tools\n$/);
  const verbose = await rig.run(['run', '--no-stdin', 'Hello', '--verbose'], '');
  expect(verbose.stderr).toMatch(/tokens · .*terminal-[0-9a-f-]{36}/);
});
