import { serveThread } from '#mcp/thread.ts';

// A thread for tests, whose jobs do what no job should do.
let jobs = 0;

const work: Record<string, () => unknown> = {
  echo: () => `job ${(jobs += 1)}`,
  throw: () => {
    throw new Error('as asked');
  },
  hang: () => {
    for (;;);
  },
  fill: () => {
    const kept: unknown[] = [];
    for (;;) kept.push({ n: kept.length });
  },
  recurse: function recurse(): unknown {
    return [recurse()];
  },
};

serveThread((job) => work[String(job)]?.());
