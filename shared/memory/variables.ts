import { integer } from '#shared/ground/config.ts';

/** How much is remembered, and for how long. */
export const memoryVariables = {
  MEMORY_MAX_ENTRIES: integer(200, 0, 5_000).meta({
    description: 'Memories that one person, channel or server may have; 0: nothing is remembered',
  }),
  MEMORY_KEEP_DAYS: integer(365, 1, 3_650).meta({ description: 'Days after which a memory is forgotten' }),
};

export interface MemoryConfig {
  MEMORY_MAX_ENTRIES: number;
  MEMORY_KEEP_DAYS: number;
}

export function memoryLimits(config: MemoryConfig): { most: number; ttlMs: number } {
  return { most: config.MEMORY_MAX_ENTRIES, ttlMs: config.MEMORY_KEEP_DAYS * 86_400_000 };
}
