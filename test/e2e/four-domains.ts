import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { demoIds } from '#services/playground/state/demo.ts';
import type { ParsedRequest } from '#test/model/turn.ts';
import type { World } from './world.ts';

// One question that needs four domains, each call from what the one before has found. docs/example.md shows how it was
// answered, and is compared with how it is answered now.

const question =
  "Prepare Monday's order: what did the last meeting say about reordering, how much is left of that, how did tea sell last quarter, and which coffee do our tasters like best?";

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/example.md'), 'utf8');

export function fourDomainsScenarios(world: () => World): void {
  it('is answered in Discord as docs/example.md shows it', async () => {
    const { discord, model } = world();
    model.script('monday', turn);
    const content = `<@${demoIds.bot}> [script:monday] ${question}`;
    const asked = await discord.say({ channel: 'general', author: 'Max', content });
    const answer = await discord.waitFor('general', (shown) => shown.replyTo === asked.id && isDone(shown.content));
    expect(answer.content).toContain(blockAfter('In Discord'));
  });

  it('is answered at a terminal as docs/example.md shows it', async () => {
    const { model, stack } = world();
    model.script('monday', turn);
    const { code, stdout, stderr } = await stack.dragoman(['run', `[script:monday] ${question}`]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [shownCalls = '', shownAnswer] = blockAfter('At a terminal').split('\n\n');
    // Those that run side by side end in any order.
    const ended = [...stderr.matchAll(/^✓ (\w+)/gm)].map(([line]) => line);
    expect(ended.toSorted()).toEqual(shownCalls.split('\n').toSorted());
    expect(stdout.trim()).toBe(shownAnswer);
  });
}

function isDone(text: string): boolean {
  return text.includes('tasters');
}

/** The first block of code below a heading of the page. */
function blockAfter(heading: string): string {
  const [, block = ''] = new RegExp(`## ${heading}\\n[\\s\\S]*?\`\`\`text\\n([\\s\\S]*?)\\n\`\`\``).exec(page) ?? [];
  return block;
}

/** What a model does that knows how to go on from each result. */
function turn({ step, results }: ParsedRequest) {
  const found = results.map(({ text }) => text);
  const first = (text: string | undefined, wanted: RegExp) => wanted.exec(text ?? '')?.[1] ?? `not found in ${text}`;
  if (step === 0) return calls(['list_directory', { path: 'notes' }]);
  const meeting = first(found[0], /(\d{4}-\d{2}-\d{2}-meeting\.md)/);
  if (step === 1) return calls(['read_file', { path: `notes/${meeting}` }]);
  const article = first(found[1], /(\w+) is reordered/);
  if (step === 2) {
    return calls(
      ['postgres_query', { query: `SELECT name, stock FROM products WHERE name LIKE '${article}%'` }],
      ['minio_get_object', { bucket_name: 'demo', object_name: 'reports/2026/q2.csv' }],
      ['minio_get_object', { bucket_name: 'demo', object_name: 'reports/2026/q3.csv' }],
      ['read_query', { query: 'SELECT name, points FROM ranking LIMIT 1' }],
    );
  }
  const [left, limit] = [first(found[2], /, 50 g\D+(\d+)/), first(found[1], /fewer than (\d+)/)];
  const [before, now] = [first(found[3], /tea,([\d.]+)/), first(found[4], /tea,([\d.]+)/)];
  const best = first(found[5], /(Guji Hambela|Kiambu AA|Huila Pink Bourbon|Antigua Pastores)/);
  const due = Number(left) < Number(limit) ? 'so it is due' : 'so it can wait';
  return {
    text: [
      `- **${article}**: the meeting wants it reordered below ${limit}; ${left} are left, ${due}.`,
      `- Tea brought ${now} Euro in the third quarter, after ${before} in the second.`,
      `- The tasters like ${best} best.`,
    ].join('\n'),
  };
}

function calls(...wanted: [name: string, args: Record<string, unknown>][]) {
  return { toolCalls: wanted.map(([name, args]) => ({ name, arguments: args })) };
}
