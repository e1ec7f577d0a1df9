import { describe, expect, test } from 'vitest';
import { splitMessage } from './split.ts';

const lines = (word: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at}`).join('\n');

describe('what is open at a cut is closed and opened again', () => {
  test.each([
    ['```js', '```'],
    ['~~~py', '~~~'],
    ['````md', '````'],
  ])('a fence that begins with %s', (opening, closing) => {
    const parts = splitMessage(`${opening}\n${lines('x', 60)}\n${closing}`, { limit: 100 });
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).toMatch(new RegExp(`^${opening}\n[^]*\n${closing}$`));
  });

  test('a fence within a fence belongs to its code', () => {
    const [first, second] = splitMessage(
      `\`\`\`\`md\n${lines('x', 10)}\n\`\`\`js\n${lines('y', 10)}\n\`\`\`\n\`\`\`\``,
      { limit: 90 },
    );
    expect(first).toMatch(/^````md\n[^]*\n````$/);
    expect(second).toMatch(/^````md\n/);
  });

  test('a fence in a quote', () => {
    const quoted = lines('x', 30).replaceAll(/^/gm, '> ');
    const parts = splitMessage(`> \`\`\`js\n${quoted}\n> \`\`\``, { limit: 120 });
    for (const part of parts) expect(part).toMatch(/^> ```js\n> x[^]*\n> ```$/);
  });

  test('a fence that was never closed', () => {
    for (const part of splitMessage(`\`\`\`js\n${lines('x', 30)}`, { limit: 100 })) expect(part).toMatch(/\n```$/);
  });

  test.each(['**', '*', '_', '__', '~~', '||', '***', '`'])('text within %s', (mark) => {
    const parts = splitMessage(`start ${mark}${'word '.repeat(60)}end${mark} and after`, { limit: 100 });
    expect(parts[0]!.endsWith(mark)).toBe(true);
    expect(parts[1]).toMatch(/^[^a-z]+word/);
    expect(parts[1]!.startsWith(mark) && parts[1]!.endsWith(mark)).toBe(true);
  });

  test('nested emphasis, the inner closed first', () => {
    const [first, second] = splitMessage(`**bold ~~struck ${'word '.repeat(40)}end~~ bold**`, { limit: 120 });
    expect(first).toMatch(/word~~\*\*$/);
    expect(second).toMatch(/^\*\*~~word/);
  });

  test('a long quoted line, and everything after >>>', () => {
    for (const part of splitMessage(`> ${'word '.repeat(60)}`, { limit: 100 })) expect(part).toMatch(/^> word/);
    for (const part of splitMessage(`>>> ${lines('word', 40)}`, { limit: 100 })) expect(part).toMatch(/^>>> word/);
  });

  test('marks that do not pair are text', () => {
    expect(splitMessage(`2 * 3 * 4 snake_case ${'word '.repeat(30)}`, { limit: 100 })[0]).not.toMatch(/[*_]$/);
  });
});

describe('what is carried never fills a part', () => {
  test('an opening line longer than a part begins its block where its marker stands', () => {
    const parts = splitMessage(`\n1. ${' '.repeat(222)}~~~`, { limit: 120 });
    expect(parts).toEqual(['1.', expect.stringMatching(/^~~~\n\s*~~~$/)]);
    const quoted = splitMessage(`${'> '.repeat(70)}\`\`\`js\n> ${'x '.repeat(100)}`, { limit: 120 });
    for (const part of quoted) expect([0, 2]).toContain(part.match(/```/g)?.length ?? 0);
  });

  test('text that begins like a code block is none after a cut either', () => {
    const line = '```[text](https://evil.example)||spoiler with `code`||@everyone';
    for (const before of ['', 'some words\n', '\n']) {
      const parts = splitMessage(before + line, { limit: 60 });
      expect(parts.join('').replaceAll(/\u200b|\s/g, '')).toBe((before + line).replaceAll(/\s/g, ''));
      for (const part of parts) expect(part).not.toMatch(/^```/m);
    }
  });

  test('a closing line longer than a part closes its block all the same', () => {
    for (const body of [' ', 'code', 'code '.repeat(100), '\n\n']) {
      const parts = splitMessage(`1. \`\`\`\n${body}\n${' '.repeat(678)}\`\`\`\nafter`, { limit: 274 });
      for (const part of parts) expect([0, 2]).toContain(part.match(/```/g)?.length ?? 0);
      expect(parts.at(-1)).toMatch(/after$/);
    }
  });

  test('a marker too long to be carried leaves no blank part', () => {
    const parts = splitMessage(`${'`'.repeat(15)}${'\n'.repeat(100)}text`, { limit: 60 });
    expect(parts).toEqual(['`'.repeat(15), 'text']);
  });

  test('a language or deep quote that is too long to be carried is left out, the block is not', () => {
    const parts = splitMessage(`> > > > \`\`\`${'l'.repeat(24)}\n${lines('> > > > x', 30)}`, { limit: 60 });
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts.slice(1)) expect(part).toMatch(/^> ```\n[^]*\n> ```$/);
  });

  test('a table header too long to be repeated does not take the emphasis with it', () => {
    const header = `| ${'name '.repeat(10)}| b |\n| --- | --- |`;
    const parts = splitMessage(`${header}\n| **${'word '.repeat(40)}end** | b |`, { limit: 100 });
    expect(parts.at(-1)).toMatch(/^\*\*(?:word|end)/);
  });
});

describe('tables and lists', () => {
  const row = (at: number): string => `| row ${at} | value |`;
  const table = (rows: number): string =>
    ['| name | value |', '| --- | --- |', ...Array.from({ length: rows }, (_, at) => row(at))].join('\n');

  test('a table that fits into a part is not cut', () => {
    const text = `${'word '.repeat(20).trim()}\n\n${table(5)}\n\nafter`;
    expect(splitMessage(text, { limit: 200 })[1]).toMatch(/^\| name \| value \|\n[^]*row 4 /);
  });

  test('one that must be cut repeats its header', () => {
    const parts = splitMessage(table(40), { limit: 300 });
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).toMatch(/^\| name \| value \|\n\| --- \| --- \|\n\| row \d+ \| value \|/);
    expect(parts.join('\n').match(/\| row \d+ /g)).toHaveLength(40);
  });

  test('a nested item keeps its place', () => {
    const items = Array.from({ length: 20 }, (_, at) => `  - inner item ${at}`).join('\n');
    const [, second] = splitMessage(`- outer\n${items}`, { limit: 150 });
    expect(second).toMatch(/^- …\n {2}- inner item \d+\n {2}- inner item/);
  });

  test('an item of the first level needs nothing', () => {
    const [, second] = splitMessage(lines('- item', 30), { limit: 150 });
    expect(second).toMatch(/^- item \d+\n- item/);
  });
});
