import { expect, test } from 'vitest';
import { healMarkdown } from './heal.ts';

test.each([
  ['a **b', 'a **b**'],
  ['a **b*', 'a **b**'],
  ['**a *b', '**a *b***'],
  ['~~a', '~~a~~'],
  ['||a', '||a||'],
  ['x `c', 'x `c`'],
  ['x ``c`', 'x ``c``'],
  ['```js\nfoo', '```js\nfoo\n```'],
  ['```js\nfoo\n', '```js\nfoo\n```'],
  ['> ```js\n> foo', '> ```js\n> foo\n> ```'],
  ['see [docs](https://x', 'see docs'],
  ['see [docs', 'see [docs'],
  ['a **', 'a'],
  ['a **b\\', 'a **b**'],
  ['a **b\\\\', 'a **b\\\\**'],
  ['*@everyone *\\', '*@everyone*'],
  ['a b\\', 'a b\\'],
  ['2 * 3', '2 * 3'],
  ['snake_case', 'snake_case'],
  ['**a** `b` [c](https://d.example)', '**a** `b` [c](https://d.example)'],
  ['- a **b\n- c', '- a **b\n- c'],
])('%j', (partial, healed) => {
  expect(healMarkdown(partial)).toBe(healed);
});
