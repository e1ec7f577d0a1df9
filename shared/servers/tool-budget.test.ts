import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '#shared/ground/config.ts';
import { toolBudgetVariables } from './tool-budget.ts';

const schema = z.object(toolBudgetVariables);
const budget = (text?: string) => loadConfig(schema, { TOOLS_MAX_TOKENS: text }).TOOLS_MAX_TOKENS;

test('one number is for all models, others for some; the last that fits counts', () => {
  expect(budget()('gpt-5')).toBe(2_500);
  expect(budget()('offline')).toBe(50_000);
  expect(budget('900')('gpt-5')).toBe(900);
  const some = budget('1000, gpt-*=8000 openai/*=3000,gpt-5-nano=1200');
  expect(['other', 'gpt-5', 'gpt-5-nano', 'openai/a/b'].map(some)).toEqual([1_000, 8_000, 1_200, 3_000]);
  expect(budget('gpt-*=8000')('other')).toBe(2_500);
});

test.each(['many', '10', '2500,gpt=', '2500,=3', '-5'])('%s is refused with an example', (text) => {
  expect(() => budget(text)).toThrow(/TOOLS_MAX_TOKENS .*such as 2500,gpt-\*=8000/);
});
