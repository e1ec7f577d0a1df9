import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { demoIds } from '#services/playground/state/demo.ts';
import type { World } from './world.ts';

/** Mentions in Discord that must be answered through discord.js, the worker, the tool-runners and their backends. */
export function discordScenarios(world: () => World): void {
  it('answers a mention with what the tools of all four domains found', async () => {
    world().model.script('everywhere', (request) =>
      request.step === 0
        ? {
            toolCalls: [
              { name: 'postgres_query', arguments: { query: 'SELECT count(*) AS products FROM products' } },
              { name: 'minio_list_objects', arguments: { bucket_name: 'demo' } },
              { name: 'list_directory', arguments: { path: '.' } },
              { name: 'fetch', arguments: { url: world().page } },
            ],
          }
        : { text: `Found:\n${request.results.map(({ text }) => text.slice(0, 300)).join('\n')}` },
    );
    const asked = await world().discord.say({
      channel: 'general',
      author: 'Max',
      content: mention('[script:everywhere] Look.'),
    });
    const answer = await world().discord.waitFor(
      'general',
      (shown) => shown.replyTo === asked.id && shown.content.includes('42'),
    );
    expect(answer.content).toMatch(/products[\s\S]*\d+/);
    expect(answer.content).toContain('README.txt');
    expect(answer.content).toContain('handbook');
    expect(answer.pings).toEqual([]);
  });

  it('writes only after an operator has pressed Allow, and not for somebody else', async () => {
    const write = {
      name: 'write_file',
      arguments: { path: 'from-world().discord.txt', content: 'written from Discord' },
    };
    world().model.script('write', (request) =>
      request.step === 0 ? { toolCalls: [write] } : { text: `Done: ${request.results.at(-1)?.text.slice(0, 200)}` },
    );
    const asked = await world().discord.say({
      channel: 'general',
      author: 'Olga',
      content: mention('[script:write] Write it.'),
    });
    const card = await world().discord.waitFor('general', ({ components }) =>
      JSON.stringify(components).includes('decide:'),
    );
    expect(JSON.stringify(card)).toContain('from-world().discord.txt');
    const file = path.join(world().stack.folder, 'workspace', 'from-world().discord.txt');
    await world().discord.click({ message: card.id, author: 'Guest', label: 'Allow once' });
    expect(existsSync(file)).toBe(false);
    await world().discord.click({ message: card.id, author: 'Olga', label: 'Allow once' });
    await world().discord.waitFor('general', (shown) => shown.replyTo === asked.id && shown.content.includes('Done'));
    expect(readFileSync(file, 'utf8')).toBe('written from Discord');
  });

  it('offers a member no tool that writes', async () => {
    world().model.script('tools', (request) => ({
      text: `tools: ${request.body.tools?.map((tool) => `\`${tool.function.name}\``).join(' ')}`,
    }));
    const asked = await world().discord.say({
      channel: 'general',
      author: 'Guest',
      content: mention('[script:tools] Tools?'),
    });
    const answer = await world().discord.waitFor(
      'general',
      (shown) => shown.replyTo === asked.id && shown.content.includes('tools:'),
    );
    expect(answer.content).toContain('postgres_query');
    expect(answer.content).not.toContain('write_file');
  });
}

function mention(text: string): string {
  return `<@${demoIds.bot}> ${text}`;
}
