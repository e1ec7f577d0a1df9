import { expect, test } from 'vitest';
import { fillPrompt, promptProblem } from './template.ts';

const values = { date: '2026-11-27', server: 'Harbour', channel: '#general', person: '{tools}', tools: 'fetch' };

test('each variable gets its value, once: a name that looks like a variable stays a name', () => {
  expect(fillPrompt('{person} on {date} in {channel} of {server}: {tools}', values)).toBe(
    '{tools} on 2026-11-27 in #general of Harbour: fetch',
  );
});

test('doubled braces are single ones, and other braces are text', () => {
  expect(fillPrompt('{{date}} {"a":{}} {other} { date }', values)).toBe('{date} {"a":{}} {other} { date }');
});

test('a prompt that would not work is refused in words', () => {
  expect(promptProblem('Hello {person}, {{word}}, {"k": 1}')).toBeUndefined();
  expect(promptProblem(' \n')).toBe('The prompt is empty. To have none, reset it.');
  expect(promptProblem('{nme} and {constructor}')).toMatch(/^I know no variable {nme} or {constructor}: there are/);
});
