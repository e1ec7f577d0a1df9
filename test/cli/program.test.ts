import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProgram } from '#services/cli/program.ts';
import { createTestTerminal } from '#services/cli/testing/terminal.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'services/cli/dragoman.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-program-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) }).outputHelp();
  return text;
}

function all(command: Command, words = 'dragoman'): [words: string, command: Command][] {
  const below = command.commands.flatMap((sub) => all(sub, `${words} ${sub.name()}`));
  return [[words, command], ...below];
}

it('shows examples in every help', async () => {
  const commands = all(await createProgram(createTestTerminal({ person: false })));
  expect(commands.length).toBeGreaterThan(30);
  for (const [words, command] of commands) expect(helpOf(command), words).toContain('Examples:\n  ');
});

it('takes only options and commands in its examples that exist', async () => {
  for (const [words, command] of all(await createProgram(createTestTerminal({ person: false })))) {
    for (const [, sub = '', options = ''] of helpOf(command).matchAll(/^ {2}.*?\b(dragoman(?: [a-z]+)*)(.*)$/gm)) {
      if (!sub.startsWith(words)) continue;
      for (const [option] of options.replace(/#.*/, '').matchAll(/--[a-z]+/g))
        expect(helpOf(command), `${words}: ${option}`).toMatch(option === '--help' ? /--help/ : option);
    }
  }
});

it('loads nothing but names and descriptions for its own help', async () => {
  const whole = await createProgram(createTestTerminal({ person: false }));
  const quick = await createProgram(createTestTerminal({ person: false }), ['--help']);
  expect(quick.commands.flatMap((each) => each.options)).toEqual([]);
  expect(
    helpOf(quick)
      .replace(/ \[options\]|<[a-z]+> |\[[a-z.]+\] /g, '')
      .replace(/\s+/g, ' '),
  ).toContain('doctor');
  expect(quick.commands.map((each) => each.description())).toEqual(whole.commands.map((each) => each.description()));
});

it('teaches bash its commands, options and their values', () => {
  const script = spawnSync(process.execPath, [program, 'completion', 'bash'], { encoding: 'utf8' }).stdout;
  const complete = (...words: string[]) => {
    const ask = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _dragoman; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', ask], { encoding: 'utf8' }).stdout.trim().split(' ');
  };
  expect(complete('dragoman', 'ch')).toEqual(['chat']);
  expect(complete('dragoman', 'jobs', 're')).toEqual(['replay', 'requeue']);
  expect(complete('dragoman', 'run', '--a')).toEqual(['--attach']);
  expect(complete('dragoman', 'chat', '--mode', 's')).toEqual(['single-shot']);
  expect(complete('dragoman', 'mcp', 'post')).toEqual(['postgres']);
});

it.each(['zsh', 'fish'])('writes a script that %s takes, where it is there', (shell) => {
  const script = spawnSync(process.execPath, [program, 'completion', shell], { encoding: 'utf8' }).stdout;
  expect(script).toContain('single-shot');
  const file = path.join(folder, `completion.${shell}`);
  writeFileSync(file, script);
  const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
  if (checked.error) return;
  expect({ code: checked.status, stderr: checked.stderr }).toEqual({ code: 0, stderr: '' });
});

it.each([
  ['npm link', ['link']],
  ['npm install -g .', ['install', '--global', '.']],
])('works from any folder after %s, without a warning about the Node that is there', (_, command) => {
  const prefix = path.join(folder, 'prefix');
  const env = { PATH: process.env['PATH'], HOME: folder, npm_config_prefix: prefix, npm_config_offline: 'true' };
  const linked = spawnSync('npm', command, { cwd: root, env, encoding: 'utf8' });
  expect({ code: linked.status, stderr: linked.stderr }).toMatchObject({ code: 0 });
  expect(linked.stderr).not.toContain('EBADENGINE');
  const searched = [path.join(prefix, 'bin'), process.env['PATH']].join(path.delimiter);
  const own = { PATH: searched, HOME: folder, DRAGOMAN_STATE_DIR: folder };
  const listed = spawnSync('dragoman', ['servers', 'list'], { cwd: folder, env: own, encoding: 'utf8' });
  expect({ code: listed.status, stderr: listed.stderr }).toMatchObject({ code: 0 });
  expect(listed.stdout).toMatch(/postgres[\s\S]*storage/);
  const unlinked = spawnSync('npm', ['uninstall', '--global', 'dragoman'], { cwd: folder, env, encoding: 'utf8' });
  expect({ code: unlinked.status, stderr: unlinked.stderr }).toMatchObject({ code: 0 });
  expect(existsSync(path.join(prefix, 'bin', 'dragoman'))).toBe(false);
});
