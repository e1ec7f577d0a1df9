import { expect, test } from 'vitest';
import { familyOfGroup, familyOfName, type Deployment, type Family } from './families.ts';

test.each<[string, Family]>([
  ['gpt-5', 'openai'],
  ['openai/gpt-5-mini', 'openai'],
  ['azure/gpt-5', 'openai'],
  ['o3-mini', 'openai'],
  ['claude-sonnet-5', 'anthropic'],
  ['bedrock/anthropic.claude-3', 'anthropic'],
  ['vertex_ai/gemini-3-pro', 'gemini'],
  ['gemini-2.5-flash', 'gemini'],
  ['default', 'other'],
  ['openrouter/qwen3', 'other'],
  ['ollama/gpt-oss', 'other'],
])('%s is of the family %s', (model, family) => {
  expect(familyOfName(model)).toBe(family);
});

const at = (model: string, more: Partial<Deployment> = {}): Deployment => ({ model, ownServer: false, ...more });

test.each<[string, Deployment[], Family | undefined]>([
  ['none', [], undefined],
  ['a model that its name tells', [at('gemini/gemini-2.5-flash')], 'gemini'],
  ["OpenAI's, fine-tuned", [at('openai/ft:mine')], 'openai'],
  ['the like on a server of the operator', [at('openai/qwen3', { ownServer: true })], 'other'],
  ["Azure's with a name of its own", [at('azure/our-deployment', { ownServer: true })], 'openai'],
  ['one whose base model is told', [at('bedrock/arn:1', { baseModel: 'anthropic.claude-4' })], 'anthropic'],
  ['one whose provider stands apart', [at('ours', { provider: 'anthropic' })], 'anthropic'],
  ['two of one family', [at('openai/gpt-5'), at('azure/gpt-5', { ownServer: true })], 'openai'],
  ['two families', [at('openai/gpt-5'), at('gemini/gemini-3')], 'mixed'],
  ['nobody that we know', [at('groq/llama-3.3'), at('ollama_chat/qwen3')], 'other'],
])('a group of %s', (_, deployments, family) => {
  expect(familyOfGroup(deployments)).toBe(family);
});
