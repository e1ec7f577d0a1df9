import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs files in the order of their names; vitest's own order goes by duration and size. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)));
  }
}

// Files share one stack and some of them break it, so they run one after another.
export default defineConfig({
  test: {
    include: ['test/compose/*.test.ts'],
    fileParallelism: false,
    sequence: { shuffle: false, sequencer: ByName },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // The reaper's image comes from Docker Hub, which cannot be reached everywhere; test/compose/containers.ts removes
    // its own containers.
    env: { TESTCONTAINERS_RYUK_DISABLED: 'true' },
  },
});
