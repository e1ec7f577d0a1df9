import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A block of docs/providers.md: the variables that a reader pastes. */
export interface ProviderBlock {
  provider: string;
  variables: Record<string, string>;
}

/** All blocks of docs/providers.md that are marked as `env`, in order. */
export function readProviderBlocks(): ProviderBlock[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/providers.md'), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const provider = section.split('\n', 1)[0] ?? '';
      const blocks = [...section.matchAll(/^```env\n([\s\S]*?)^```$/gm)];
      return blocks.map((block) => ({ provider, variables: variablesOf(block[1] ?? '') }));
    });
}

/** The lines of README.md that start with a provider's model: the provider, and the variables before `npm start`. */
export function readReadmeLines(): ProviderBlock[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const lines = [...text.matchAll(/^# ([\w ]+?)(?:, on this machine)?\n((?:[A-Z_]+=\S+ )+)npm start$/gm)];
  return lines.map(([, provider = '', variables = '']) => ({
    provider,
    variables: variablesOf(variables.trim().replaceAll(' ', '\n')),
  }));
}

function variablesOf(lines: string): Record<string, string> {
  const found = [...lines.matchAll(/^([A-Z_]+)=(.*)$/gm)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
