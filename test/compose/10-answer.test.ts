import { expect, test } from 'vitest';
import { askInDiscord } from './discord.ts';
import { commandsIn, sectionOf } from './documented.ts';
import { ask, load, nodeIn, runDocumented, until } from './stack.ts';

test('a question is answered with tools, from the terminal client, by the offline model behind LiteLLM', async () => {
  const done = await ask('Which tables are in the database, and how many rows has the largest?');
  expect(done.stderr).toContain('postgres_list_tables');
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toMatch(/order_items/);
});

test.each([
  ['storage', 'What is in the bucket demo?', 'minio_list_objects'],
  ['filesystem', 'Which files are in the workspace?', 'list_directory'],
])('the %s tools answer', async (_, question, tool) => {
  const done = await ask(question);
  expect(done.code, done.stderr).toBe(0);
  expect(done.stderr).toContain(tool);
});

test('ordinary queries of the database are answered, one after another', async () => {
  // The runner compiles its SQL parser anew while it works, so it needs most memory after the first query.
  // 99-restarts.test.ts tells whether it was killed for that.
  for (const name of ['first', 'second', 'third']) {
    const { outcomes } = await load({ name: `query-${name}`, runs: 5, text: 'query {}' });
    expect(outcomes).toEqual({ answered: 5 });
  }
});

test('a person writes in the played Discord and gets the answer there', async () => {
  const answer = await askInDiscord('Which tables are in the database?', 'order_items');
  expect(answer).toContain('order_items');
});

const firstSteps = commandsIn(sectionOf('First install')).filter((command) => /compose (?:exec|run)/.test(command));

test.each(firstSteps)('documented: %s', async (command) => {
  const done = await runDocumented(command, { timeout: 500_000 });
  expect(done.stdout.trim()).not.toBe('');
});

test('the first steps are a check, a question and a password', () => {
  expect(firstSteps).toEqual([
    expect.stringContaining('doctor'),
    expect.stringContaining('cli run'),
    expect.stringContaining('password'),
  ]);
});

test('every service is healthy and Prometheus sees all of them', async () => {
  await until('all targets up', async () => {
    const code = `
      const answer = await (await fetch('http://prometheus:9090/api/v1/targets?state=active')).json();
      console.log(answer.data.activeTargets.filter((t) => t.health !== 'up').map((t) => t.scrapeUrl + ' ' + t.lastError).join(', '));`;
    return (await nodeIn('worker', code)) === '';
  });
});
