import { expect, test } from 'vitest';
import { splitMessage } from './split.ts';
import { createStreamedText } from './stream.ts';

/** Shows a text piece by piece, and returns every state. */
function states(text: string, step: number, limit = 2000): string[][] {
  const streamed = createStreamedText({ limit });
  const shown: string[][] = [];
  for (let at = step; at < text.length; at += step) shown.push(streamed.update(text.slice(0, at), false));
  return [...shown, streamed.update(text, true)];
}

const prose = (count: number): string =>
  Array.from({ length: count }, (_, at) => `This is sentence ${at} of the text.${at % 5 === 4 ? '\n\n' : ' '}`).join(
    '',
  );

test('what a part has shown stays in it, and closed parts are final', () => {
  const shown = states(prose(200), 17);
  for (const [at, parts] of shown.entries()) {
    for (const [index, before] of (shown[at - 1] ?? []).entries()) {
      const closed = index < shown[at - 1]!.length - 1;
      expect(parts[index]!.startsWith(before)).toBe(true);
      if (closed) expect(parts[index]).toBe(before);
    }
  }
  expect(shown.at(-1)!.length).toBeGreaterThan(2);
});

test('the text that streams is all there in the end', () => {
  const text = prose(200);
  expect(states(text, 23).at(-1)!.join(' ').split(/\s+/)).toEqual(text.trim().split(/\s+/));
});

test('a part that is full ends at a line or sentence', () => {
  for (const part of states(prose(300), 40).at(-1)!.slice(0, -1)) expect(part).toMatch(/\.$/);
});

test('the whole text at once is split as any message', () => {
  expect(createStreamedText().update(prose(200), true)).toEqual(splitMessage(prose(200)));
});

test('what is open is closed while it streams', () => {
  const streamed = createStreamedText();
  expect(streamed.update('Some **bold te', false)).toEqual(['Some **bold**']);
  expect(createStreamedText().update('```js\nconst a = 1;\nconst', false)).toEqual(['```js\nconst a = 1;\nco\n```']);
});

test.each(['\n```js\n```!', '\n> ```py\n> x\n', '\n> ```py\n> x\n>>>y\n'])(
  '%j shows no end of a block that may not be one',
  (text) => {
    let before: string[] = [];
    for (const now of states(text, 1)) {
      expect(now.length).toBeGreaterThanOrEqual(before.length);
      before = now;
    }
  },
);

test('a link appears whole, a mention never alive', () => {
  const text = 'See [the docs](https://example.com/a) and @everyone else.';
  for (let at = 1; at <= text.length; at += 1) {
    const [part = ''] = createStreamedText().update(text.slice(0, at), false);
    expect(part).not.toMatch(/\]\(|@e|(?<!<)https/);
  }
});

test('a secret does not show while it comes', () => {
  const streamed = createStreamedText({ rules: { secrets: ['hunter2-hunter2'] } });
  const text = 'The password is hunter2-hunter2 or so. ';
  for (let at = 1; at <= text.length; at += 1) {
    expect(streamed.update(text.slice(0, at), false).join('')).not.toContain('hunter');
  }
  expect(streamed.update(text, true)).toEqual(['The password is «secret removed» or so.']);
});

test('a code block indented beyond the limit comes to its end', () => {
  const text = `> \`\`\`py\n> x\n\n1. ${' '.repeat(678)}\`\`\`\n \n`;
  for (const end of ['', `${' '.repeat(678)}\`\`\``]) {
    const parts = states(text + end, 48, 274).at(-1)!;
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(274);
    expect(parts.length).toBeLessThan(10);
  }
});

test('an empty answer says so; nothing to show yet is nothing', () => {
  expect(createStreamedText().update('  \n', false)).toEqual([]);
  expect(createStreamedText({ emptyText: 'No answer.' }).update(' \n\u200b', true)).toEqual(['No answer.']);
});
