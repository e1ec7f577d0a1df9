import { expect, test } from 'vitest';
import { createThread } from './thread.ts';

type Job = 'echo' | 'throw' | 'hang' | 'fill' | 'recurse';

const file = new URL('./testing/unruly.worker.ts', import.meta.url);
const heapBytes = 32 * 1024 * 1024;

test.each(['throw', 'fill', 'recurse', 'hang'] as const)('a job that must %s costs its thread alone', async (job) => {
  // The time limit should only end the job that hangs.
  await using thread = createThread<Job, string>(file, { ms: job === 'hang' ? 100 : 60_000, heapBytes });
  const answers = await Promise.all([thread.run(job), thread.run('echo'), thread.run('echo')]);
  expect(answers.slice(0, 1)).toEqual([undefined]);
  if (job !== 'hang') expect(answers.slice(1)).toEqual(['job 1', 'job 2']);
});

test('a thread that cannot be started is an error, not a job that failed', async () => {
  await using thread = createThread(new URL('./testing/none.worker.ts', import.meta.url), { ms: 1_000, heapBytes });
  await expect(thread.run('echo')).rejects.toThrow('none.worker.ts');
  await expect(thread.run('echo')).rejects.toThrow('none.worker.ts');
});
