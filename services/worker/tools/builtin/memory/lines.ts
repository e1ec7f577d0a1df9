import type { MemoryScope } from '#shared/memory/scopes.ts';
import type { MemoryEntry } from '#shared/memory/store.ts';

/** A memory on lines of its own: further lines of its text are indented, so that none can pose as another memory. */
export function memoryLine(scope: MemoryScope, { id, text, at, name, outside }: MemoryEntry): string {
  const by = scope === 'mine' ? '' : `, saved by ${name.replaceAll(/[\p{C}\s[\]()]+/gu, ' ').trim() || 'somebody'}`;
  const from = outside ? '; from text that was read' : '';
  return `[${id}; ${scope}${by}; ${new Date(at).toISOString().slice(0, 10)}${from}] ${text.replaceAll('\n', '\n    ')}`;
}
