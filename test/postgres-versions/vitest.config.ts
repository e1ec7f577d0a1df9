import { defineConfig } from 'vitest/config';

const folders = JSON.parse(process.env['POSTGRES_VERSIONS'] ?? '{}') as Record<string, string>;
const include = [
  'mcp/postgres/{corpus,values,cases}.test.ts',
  'mcp/postgres/sql/{implicit,keywords}.test.ts',
  'mcp/postgres/db/{attempt,role}.test.ts',
  'mcp/postgres/tools/*.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['test/lib/quiet-logs.ts'],
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: Object.entries(folders).map(([version, folder]) => ({
      extends: true as const,
      test: { name: `PostgreSQL ${version}`, include, env: { POSTGRES_TEST_BIN: folder } },
    })),
  },
});
