import { countTokens } from 'gpt-tokenizer';
import { expect, test } from 'vitest';
import { allOffered } from '#test/checks/offered/offers.ts';
import { manyTools } from '#test/lib/many-tools.ts';
import { estimatedTokens } from './tool-tokens.ts';

test('the estimate is a little above what OpenAI counts, for our own tools and for others', async () => {
  const ours = (await allOffered()).map(({ name, description, parameters }) => ({ name, description, parameters }));
  const others = manyTools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    parameters: inputSchema,
  }));
  for (const tool of [...ours, ...others]) {
    const text = JSON.stringify(tool);
    const ratio = estimatedTokens(text) / countTokens(text);
    expect(ratio, tool.name).toBeGreaterThan(0.97);
    expect(ratio, tool.name).toBeLessThan(1.35);
  }
});

test.each([
  '数据库查询工具,返回表格',
  'Показывает таблицы базы данных',
  'يعرض جداول قاعدة البيانات',
  '0123456789abcdef',
])('words of other scripts are not counted too low: %s', (text) => {
  expect(estimatedTokens(text)).toBeGreaterThanOrEqual(countTokens(text));
});
