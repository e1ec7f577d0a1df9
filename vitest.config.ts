import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/lib/slow-first.ts';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', '.dragoman/**', 'test/compose/**', 'test/litellm/**', 'test/faults/full/**'],
    setupFiles: ['test/lib/quiet-logs.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Files share a worker's modules: importing them anew for each took as long as all tests.
    isolate: false,
    sequence: { sequencer: SlowFirst },
    // Limits for what hangs. What is slow only because the machine is busy must pass.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default'],
  },
});
