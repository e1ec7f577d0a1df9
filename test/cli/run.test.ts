import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ptyMissing } from '#test/lib/on-terminal.ts';
import { startCliRig, type CliRig } from './cli-rig.ts';

// Tests `dragoman run` as a process: where its question comes from, and what its exit code says.

// Each test starts several processes, which take seconds to begin on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let rig: CliRig;
beforeAll(async () => (rig = await startCliRig()));
afterAll(async () => {
  vi.resetConfig();
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => rig.forget());

describe('stdin', () => {
  it.each([[['run']], [['run', '-']]])('is the question of dragoman %s', async (args) => {
    const { code, stdout } = await rig.run(args, 'What is\n\nin "here"?\n');
    expect(rig.questions).toEqual(['What is\n\nin "here"?']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Answer 1 is here.\n' });
  });

  it.each([[['run', 'Sum', 'it up']], [['run', '-', 'Sum it up']], [['run', 'Sum it up', '-']]])(
    'is attached, and marked, by dragoman %s',
    async (args) => {
      const { code } = await rig.run(args, 'a,b\n1,2\n');
      expect(rig.questions).toEqual(['Sum it up\n\n[Attached file: stdin]\na,b\n1,2\n[End of stdin]']);
      expect(code).toBe(0);
    },
  );

  it('is left out where it is empty, closed, or not wanted', async () => {
    await rig.run(['run', 'One?'], ' \n');
    const ignored = await rig.start(['run', 'Two?'], ['ignore', 'pipe', 'pipe']).finished;
    await rig.run(['run', '--no-stdin', 'Three?'], 'not this');
    expect(rig.questions).toEqual(['One?', 'Two?', 'Three?']);
    expect(ignored.stderr).not.toContain('stdin');
  });

  it('that is open and says nothing does not hold a question that is on the command line', async () => {
    const open = rig.start(['run', 'Now?'], 'pipe');
    const { code, stdout, stderr } = await open.finished;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Answer 1 is here.\n' });
    expect(stderr).toMatch(/Nothing came on stdin within 3 s; asking without it\..*run - .*<\/dev\/null/);
    expect(rig.questions).toEqual(['Now?']);
  });

  it('is waited for where a dash asks for it', async () => {
    const slow = rig.start(['run', '-', 'Sum it up'], 'pipe');
    await expect.poll(() => slow.stderr()).toContain('Reading stdin until it ends');
    slow.stdin?.end('late');
    expect((await slow.finished).code).toBe(0);
    expect(rig.questions).toEqual(['Sum it up\n\n[Attached file: stdin]\nlate\n[End of stdin]']);
  });

  it.each([
    ['too long', 'x'.repeat(200_001), 'longer than the 200,000 characters'],
    ['without end', 'x\n'.repeat(1_000_000), 'longer than the 200,000 characters'],
    ['not text', Buffer.from([0x89, 0x50, 0xff, 0xfe, 0x00]), 'not UTF-8 text'],
    ['binary', 'a\0b', 'not text'],
  ])('that is %s is refused with a sentence', async (_, input, words) => {
    const { code, stdout, stderr } = await rig.run(['run', 'Sum it up'], input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
    expect(rig.questions).toEqual([]);
  });
});

describe('no question', () => {
  it.each([[['run', '']], [['run', '  \n']], [['run']], [['run', '-']], [['run', '-', ' ']]])(
    'in dragoman %j is wrong usage',
    async (args) => {
      const { code, stdout, stderr } = await rig.run(args, ' \n\t\n');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/The question is empty.*dragoman run "question"/);
      expect(rig.questions).toEqual([]);
    },
  );

  it.each([[['run', '--mode', 'wild', 'x']], [['run', '--frob', 'x']], [['frobnicate']], [['jobs', 'show']]])(
    '%j is wrong usage',
    async (args) => {
      const { code, stdout, stderr } = await rig.run(args, '');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('error:');
    },
  );

  it('--version and --help are answers', async () => {
    const version = await rig.run(['--version'], '');
    expect(version).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
    const help = await rig.run(['run', '--help'], '');
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Exit codes:[\s\S]*Examples:/) });
  });
});

describe('exit codes', () => {
  it('4: a call needs a yes, and nobody can be asked', async () => {
    const { code, stdout, stderr } = await rig.run(['run', 'please write'], '');
    expect(code).toBe(4);
    expect(stdout).toContain('After the call');
    expect(stderr).toContain('Not done: write needs a yes.');
    const json = await rig.run(['run', '--json', 'please write'], '');
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'answered', unasked: ['write'] });
    expect(json.code).toBe(4);
  });

  it('3: a call was refused', async () => {
    const { code, stderr } = await rig.run(['run', 'please burn'], '');
    expect(code).toBe(3);
    expect(stderr).toContain('Not done: burn was refused.');
  });

  it('1: there is no answer', async () => {
    expect((await rig.run(['run', 'please fail'], '')).code).toBe(1);
  });

  it('1: there is no stack to list tools of, which is what is said', async () => {
    const { code, stdout, stderr } = await rig.run(['tools'], '');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^No stack runs from this folder\. Start one with npm start/);
    expect(stderr).not.toContain('is not set');
  });
});

describe.skipIf(ptyMissing !== undefined)(`at a terminal${ptyMissing ? ` (${ptyMissing})` : ''}`, () => {
  it.each([
    ['y', 0, 'written'],
    ['n', 3, 'said no'],
  ])('%s to a call ends with %i', async (key, code, words) => {
    await using program = rig.atTerminal(['run', 'please write']);
    await program.until(/Allow it\?/);
    program.type(`${key}\r`);
    expect(await program.ended).toBe(code);
    expect(program.shown()).toContain(words);
  });

  it('a dash takes what is typed until Ctrl-D, and nothing at all is wrong usage', async () => {
    await using program = rig.atTerminal(['run', '-']);
    await program.until(/Ctrl-D/);
    program.type('typed\nin two lines\n\u0004');
    expect(await program.ended).toBe(0);
    expect(rig.questions).toEqual(['typed\nin two lines']);
    await using none = rig.atTerminal(['run']);
    expect(await none.ended).toBe(2);
    expect(none.shown()).toContain('There is no question.');
  });
});
