import { defineConfig } from 'vitest/config';

// Files share one stack and some of them break it, so they run one after another, in the order of their names.
export default defineConfig({
  test: {
    include: ['test/compose/*.test.ts'],
    fileParallelism: false,
    sequence: { shuffle: false },
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
