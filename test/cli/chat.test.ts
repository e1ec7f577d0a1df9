import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ptyMissing, type TerminalProgram } from '#test/lib/on-terminal.ts';
import { startCliRig, type CliRig } from './cli-rig.ts';

// Tests `dragoman chat` as a process, at a real pseudo-terminal and in pipes, with a real Redis and worker and a played
// model.

// Each test starts several processes, which take seconds to begin on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let rig: CliRig;
beforeAll(async () => (rig = await startCliRig()));
afterAll(async () => {
  vi.resetConfig();
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => rig.forget());

describe.skipIf(ptyMissing !== undefined)(`at a terminal${ptyMissing ? ` (${ptyMissing})` : ''}`, () => {
  async function chat(): Promise<TerminalProgram> {
    const program = rig.atTerminal(['chat']);
    await program.until(/you › /);
    return program;
  }

  it('takes a marked paste as one message, which Enter sends', async () => {
    await using program = await chat();
    const pasted = 'first line\n\n  indented: "quotes" \\\nSELECT * FROM a;\ttab\nquit\nüñí 日本 👩‍👩‍👧\nlast';
    program.type(`\u001B[200~${pasted.replaceAll('\n', '\r')}\u001B[201~`);
    await program.until(/last/);
    expect(rig.questions).toEqual([]);
    program.type(' and more\r');
    await program.until(/Answer 1 is here/);
    expect(rig.questions).toEqual([`${pasted} and more`]);
  });

  it('takes a paste that comes in many reads, longer than the screen, as it is', async () => {
    await using program = await chat();
    const pasted = Array.from({ length: 2_000 }, (_, at) => `line ${at} of a long log`).join('\n');
    const marked = `\u001B[200~${pasted}\u001B[201~\r`;
    for (let at = 0; at < marked.length; at += 3_001) program.type(marked.slice(at, at + 3_001));
    await program.until(/Answer 1 is here/);
    expect(rig.questions).toEqual([pasted]);
  });

  it('takes lines that a terminal sends at once, without marking them, as one message', async () => {
    await using program = await chat();
    program.type('one\ntwo\n\nthree\n');
    await program.until(/Answer 1 is here/);
    program.type('four\r');
    await program.until(/Answer 2 is here/);
    expect(rig.questions).toEqual(['one\ntwo\n\nthree', 'four']);
  });

  it('begins a new line with a backslash before Enter, and with Alt+Enter', async () => {
    await using program = await chat();
    program.type('one \\');
    program.type('\r');
    program.type('two');
    program.type('\u001B\r');
    program.type('three');
    await program.until(/three/);
    program.type('\r');
    await program.until(/Answer 1 is here/);
    expect(rig.questions).toEqual(['one \ntwo\nthree']);
  });

  it('edits what is written: moves, deletes, recalls', async () => {
    await using program = await chat();
    program.type('helo world');
    program.type('\u001B[D'.repeat(7));
    program.type('l');
    program.type('\u0005\u0017there');
    await program.until(/there/);
    program.type('\r');
    await program.until(/Answer 1 is here/);
    program.type('\u001B[A');
    program.type('!');
    await program.until(/hello there!/);
    program.type('\r');
    await program.until(/Answer 2 is here/);
    expect(rig.questions).toEqual(['hello there', 'hello there!']);
  });

  it('queues what is entered while an answer is made, shows it, and asks it next', async () => {
    await using program = await chat();
    const release = rig.keepBack();
    program.type('first\r');
    await expect.poll(() => rig.questions).toEqual(['first']);
    program.type('second\r');
    await program.until(/queued: second/);
    program.type('\u001B[200~third\rwith two lines\u001B[201~\r');
    await program.until(/queued: third with two lines/);
    program.type('a draft');
    await program.until(/a draft/);
    release();
    await program.until(/Answer 1 is here[\s\S]*you › second[\s\S]*Answer 2 is here[\s\S]*Answer 3 is here/);
    expect(rig.questions).toEqual(['first', 'second', 'third\nwith two lines']);
    program.type(' goes on\r');
    await program.until(/Answer 4 is here/);
    expect(rig.questions.at(-1)).toBe('a draft goes on');
  });

  it('asks for a yes without taking what was being written for the answer', async () => {
    await using program = await chat();
    program.type('please write\r');
    await program.until(/Allow it\? \[y\]es \/ \[n\]o: /);
    program.type('perhaps\r');
    await program.until(/Allow it\? \[y\]es \/ \[n\]o: [\s\S]*Allow it\?/);
    program.type('\u001B[200~y\rand the next question\u001B[201~\r');
    await program.until(/queued: y and the next question/);
    program.type('y\r');
    await program.until(/After the call: written[\s\S]*Answer 1 is here/);
    expect(rig.questions).toEqual(['y\nand the next question']);
  });

  it('stops a run with Ctrl-C, goes on, and leaves with Ctrl-D', async () => {
    await using program = await chat();
    const release = rig.keepBack();
    program.type('stop me\r');
    await expect.poll(() => rig.questions).toEqual(['stop me']);
    program.type('\u0003');
    await program.until(/stopped ·/);
    release();
    program.type('half written');
    await program.until(/half written/);
    program.type('\u0003\u0004');
    expect(await program.ended).toBe(0);
    expect(rig.questions).toEqual(['stop me']);
  });

  it.each(['exit', '/quit'])('leaves at %s, which no model hears', async (word) => {
    await using program = await chat();
    program.type(`${word}\r`);
    expect(await program.ended).toBe(0);
    expect(rig.questions).toEqual([]);
    expect(program.raw().lastIndexOf('\u001B[?2004l')).toBeGreaterThan(program.raw().lastIndexOf('\u001B[?2004h'));
  });

  it('that knows no pastes and no cursor gets the same by its own lines', async () => {
    await using program = rig.atTerminal(['chat'], { TERM: 'dumb' });
    await program.until(/you › /);
    program.type('one\ntwo\n\nthree\n');
    await program.until(/Answer 1 is here/);
    program.type('four\n');
    await program.until(/Answer 2 is here/);
    program.type('exit\n');
    expect(await program.ended).toBe(0);
    expect(rig.questions).toEqual(['one\ntwo\n\nthree', 'four']);
  });

  it('keeps a bounded history that only its owner may read', async () => {
    const file = path.join(rig.folder, 'chat-history');
    const old = Array.from({ length: 600 }, (_, at) => JSON.stringify(`old ${at}`));
    writeFileSync(file, `${old.join('\n')}\nbroken line\n`, { mode: 0o644 });
    {
      await using program = await chat();
      program.type('\u001B[200~two\rlines\u001B[201~\r');
      await program.until(/Answer 1 is here/);
      program.type('exit\r');
      await program.ended;
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(500);
    await using again = await chat();
    again.type('\u001B[A');
    await again.until(/exit/);
    again.type('\u001B[A');
    await again.until(/two[\s\S]*lines/);
    again.type('\r');
    await again.until(/Answer 2 is here/);
    expect(rig.questions).toEqual(['two\nlines', 'two\nlines']);
  });
});

describe('in a pipe', () => {
  const chat = (input: string) => rig.run(['chat'], input);

  it('takes each line for a message, the last one also without its newline, and loses none', async () => {
    const many = Array.from({ length: 12 }, (_, at) => `line ${at}`);
    const { code, stdout } = await chat(many.join('\n'));
    expect(rig.questions).toEqual(many);
    expect(stdout).toContain('Answer 12 is here.');
    expect(code).toBe(0);
  });

  it('goes on in the next line after a backslash, and leaves at quit', async () => {
    const { code } = await chat('one \\\r\ntwo\r\n\n/etc/hosts tells what?\nquit\nnever asked\n');
    expect(rig.questions).toEqual(['one \ntwo', '/etc/hosts tells what?']);
    expect(code).toBe(0);
  });

  it('ends with a code of its own when a message was refused or failed', async () => {
    expect((await chat('please write\nthen this\n')).code).toBe(4);
    expect(rig.questions).toEqual(['then this']);
    const long = await chat(`${'x'.repeat(200_001)}\nafter\n`);
    expect(long.stderr).toContain('Not sent: it has 200001 characters; at most 200000 fit.');
    expect(long.code).toBe(2);
    expect(rig.questions).toEqual(['then this', 'after']);
  });
});
