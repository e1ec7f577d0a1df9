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

function variablesOf(lines: string): Record<string, string> {
  const found = [...lines.matchAll(/^([A-Z_]+)=(.*)$/gm)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
