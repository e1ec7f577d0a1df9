import { expect, test } from 'vitest';
import { askInDiscord } from './discord.ts';
import { ask, compose, nodeIn, until } from './stack.ts';

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

test('a person writes in the played Discord and gets the answer there', async () => {
  const answer = await askInDiscord('Which tables are in the database?', 'order_items');
  expect(answer).toContain('order_items');
});

test('doctor finds nothing wrong from inside a container', async () => {
  const done = await compose(['exec', '-T', 'worker', 'node', 'services/cli/main.ts', 'doctor'], { check: false });
  expect(done.code, done.stdout + done.stderr).toBe(0);
});

test('every service is healthy and Prometheus sees all of them', async () => {
  await until('all targets up', async () => {
    const code = `
      const answer = await (await fetch('http://prometheus:9090/api/v1/targets?state=active')).json();
      console.log(answer.data.activeTargets.filter((t) => t.health !== 'up').map((t) => t.scrapeUrl + ' ' + t.lastError).join(', '));`;
    return (await nodeIn('worker', code)) === '';
  });
});
