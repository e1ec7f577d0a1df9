import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { countTokens } from '#services/worker/history/tokens.ts';
import { samples } from './samples.ts';

/** What the tokenizers of others counted (`npm run bench -- --tokens`), by model and sample. */
const counts = JSON.parse(readFileSync(path.join(import.meta.dirname, 'counts.json'), 'utf8')) as Record<
  string,
  Record<string, number>
>;
const perMessage = 4;

it.each(Object.keys(counts))(
  'the count for %s is near that of its own tokenizer, and rather too high',
  async (model) => {
    const ratios = await Promise.all(
      Object.entries(samples).map(async ([name, text]) => {
        const ours = (await countTokens(text, model)) - perMessage;
        return { name, ratio: ours / counts[model]![name]! };
      }),
    );
    for (const { name, ratio } of ratios) {
      expect(ratio, name).toBeGreaterThan(0.85);
      expect(ratio, name).toBeLessThan(1.9);
    }
    const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / ratios.length;
    expect(mean).toBeGreaterThan(0.98);
    expect(mean).toBeLessThan(1.25);
  },
);

it("OpenAI's models are counted with their own encodings, control tokens as plain text", async () => {
  expect(await countTokens('hello world', 'gpt-5-mini')).toBe(2 + perMessage);
  // The older encoding cuts Japanese finer.
  expect(await countTokens(samples['Japanese']!, 'openai/gpt-4-turbo')).toBeGreaterThan(
    await countTokens(samples['Japanese']!, 'openai/gpt-4o'),
  );
  expect(await countTokens('<|endoftext|>')).toBeGreaterThan(perMessage + 1);
});
