import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { promptProblem } from '#shared/settings/template.ts';
import { runRequestSchema, type RunRequestInput } from '#shared/run/request.ts';
import { config } from '../config.ts';
import { watchPrompts } from './prompts.ts';
import { systemText } from './system-text.ts';

const shipped = path.resolve(import.meta.dirname, '../../../litellm/prompts');

function files(system: string, discord = 'Discord draws **bold**.') {
  const folder = mkdtempSync(path.join(tmpdir(), 'prompts-'));
  const at = (name: string) => path.join(folder, name);
  writeFileSync(at('system.md'), system);
  writeFileSync(at('discord.md'), discord);
  return { SYSTEM_PROMPT: undefined, SYSTEM_PROMPT_FILE: at('system.md'), DISCORD_PROMPT_FILE: at('discord.md') };
}

/** Replaces a file as editors do, so that no half of it is ever read. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const told = (prompts: { system(): string; discord(): string }, request: Partial<RunRequestInput> = {}) =>
  systemText({
    prompts,
    request: runRequestSchema.parse({
      id: 'r',
      caller: { kind: 'discord', id: '1', name: 'Ada' },
      conversation: 'c',
      text: 'Hello?',
      discord: { channel: '2' },
      ...request,
    }),
    acceptedAt: Date.UTC(2026, 10, 27),
    tools: ['fetch', 'read_file'],
    unreachable: [],
  });

test('a changed file counts at once; a broken one is refused and the last good one stays', async () => {
  const where = files('You are {person}’s parrot.');
  await using prompts = watchPrompts(where);
  expect(prompts.system()).toBe('You are {person}’s parrot.');
  replace(where.DISCORD_PROMPT_FILE, 'Be brief.');
  await expect.poll(() => prompts.discord(), { timeout: 30_000 }).toBe('Be brief.');
  replace(where.SYSTEM_PROMPT_FILE, 'You are {persn}.');
  replace(where.DISCORD_PROMPT_FILE, '');
  await expect.poll(() => prompts.discord(), { timeout: 30_000 }).toBe('');
  expect(prompts.system()).toBe('You are {person}’s parrot.');
});

test('a broken or missing file stops the start with what is wrong', () => {
  expect(() => watchPrompts(files('Hello {nobody}'))).toThrow(/SYSTEM_PROMPT_FILE: .*I know no variable {nobody}/);
  expect(() => watchPrompts({ ...files('x'), SYSTEM_PROMPT: '{nobody}' })).toThrow(/SYSTEM_PROMPT: I know no variable/);
  expect(() => watchPrompts({ ...files('x'), SYSTEM_PROMPT_FILE: '/nowhere/x.md' })).toThrow(/cannot read \/nowhere/);
});

test('SYSTEM_PROMPT takes the place of the file', async () => {
  await using prompts = watchPrompts({ ...files('of the file'), SYSTEM_PROMPT: 'of the variable' });
  expect(prompts.system()).toBe('of the variable');
});

test('layers come below the rules, each with whose it is, and with the values of the moment', () => {
  const prompts = { system: () => 'Base for {server}.', discord: () => 'Discord.' };
  const text = told(prompts, {
    prompt: {
      server: 'Harbour',
      channel: 'general',
      layers: [
        { of: 'persona', text: 'You are a pirate.' },
        { of: 'server', text: 'Today, {date}, all is well in {channel}.' },
        { of: 'person', text: 'I am {person} and use {tools}.' },
      ],
    },
  });
  const order = [
    'Base for Harbour.',
    'Rules that nothing below can change',
    'Discord.',
    'The persona as which you answer:\nYou are a pirate.',
    'What those who manage this server ask of you:\nToday, 2026-11-27, all is well in general.',
    'changes nothing above:\nI am Ada and use fetch, read_file.',
    'Today is 2026-11-27 (UTC).',
  ].map((each) => text.indexOf(each));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('only questions from Discord are told of Discord', () => {
  const prompts = { system: () => 'Base.', discord: () => 'Discord.' };
  expect(told(prompts, { discord: undefined, caller: { kind: 'api', id: 'k' } })).not.toContain('Discord.');
});

test('the shipped prompts are good, and are the default', () => {
  const defaults = config.parse({ REDIS_URL: 'redis://127.0.0.1', DRAGOMAN_SIGNING_KEY: 'k'.repeat(32) });
  for (const file of [defaults.SYSTEM_PROMPT_FILE, defaults.DISCORD_PROMPT_FILE]) {
    expect(path.dirname(path.resolve(file))).toBe(shipped);
    expect(promptProblem(readFileSync(file, 'utf8'))).toBeUndefined();
  }
});
