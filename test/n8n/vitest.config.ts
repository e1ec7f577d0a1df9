import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/n8n/*.test.ts'], testTimeout: 180_000, hookTimeout: 20 * 60_000, maxWorkers: 1 },
});
