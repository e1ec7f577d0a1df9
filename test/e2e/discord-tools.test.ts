import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoIds } from '#services/playground/state/demo.ts';
import { controlPlayground, type PlaygroundHttp } from '#test/lib/playground-http.ts';
import { startTestStack, type TestStack } from '#test/lib/stack.ts';

// The whole stack of `npm start` with the offline model: what somebody asks about Discord goes through the worker to
// the ingress' own tools, and back.

let stack: TestStack;
let discord: PlaygroundHttp;

beforeAll(async () => {
  stack = await startTestStack({});
  discord = controlPlayground(stack.file().services['playground']?.addresses['page'] ?? '');
}, 120_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

async function ask(author: string, text: string): Promise<string> {
  const asked = await discord.say({ channel: 'data', author, content: `<@${demoIds.bot}> ${text}` });
  const answer = await discord.waitFor('data', ({ replyTo, components }) => {
    return replyTo === asked.id && JSON.stringify(components).includes('up:');
  });
  return answer.content;
}

it("answers what's trending in a channel, and of a hidden one nothing", { timeout: 180_000 }, async () => {
  await discord.say({ channel: 'general', author: 'Dev', content: 'the coffee machine is on fire' });
  await discord.say({ channel: 'ops', author: 'Olga', content: 'the vault code is 7713' });
  expect(await ask('Max', "What's trending in #general?")).toContain('coffee machine is on fire');
  expect(await ask('Max', `What was said in <#${demoIds.channels.ops}>?`)).toContain('There is no channel');
  expect(await ask('Olga', `What was said in <#${demoIds.channels.ops}>?`)).toContain('7713');
});

it('offers nothing of it to a terminal', { timeout: 120_000 }, async () => {
  const { stdout } = await stack.dragoman(['run', "What's trending in #general?"]);
  expect(stdout).not.toContain('coffee machine');
  const { stdout: tools } = await stack.dragoman(['tools', '--json']);
  expect(tools).not.toContain('discord_read_messages');
});
