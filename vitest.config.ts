import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/lib/slow-first.ts';

const elsewhere = [
  'node_modules/**',
  '.dragoman/**',
  'test/compose/**',
  'test/litellm/**',
  'test/clients/**',
  'test/memory/long/**',
  'test/servers/registries/**',
  'test/n8n/**',
  'test/faults/full/**',
];
/** What speaks to Discord. */
const discord = ['services/{ingress,playground}/**/*.test.ts', 'test/discord/**/*.test.ts'];

export default defineConfig({
  test: {
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
    projects: [
      // In workers of their own: discord.js comes with an older undici, and uploads through the process-wide dispatcher
      // that ours may have installed are refused. No service loads both; the few tests that do have Node's own first.
      {
        extends: true,
        test: { name: 'discord', include: discord, exclude: elsewhere, setupFiles: ['test/lib/own-dispatcher.ts'] },
      },
      { extends: true, test: { name: 'rest', include: ['**/*.test.ts'], exclude: [...elsewhere, ...discord] } },
    ],
  },
});
