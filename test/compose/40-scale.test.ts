import { afterAll, expect, test } from 'vitest';
import { docker } from './docker.ts';
import { compose, containersOf, load } from './stack.ts';

afterAll(() => scale(1));

async function scale(workers: number): Promise<void> {
  await compose(['up', '-d', '--wait', 'worker'], { env: { WORKERS: String(workers) } });
  expect(await containersOf('worker')).toHaveLength(workers);
}

test('three workers share the load, and `docker compose up -d` leaves it at that', async () => {
  await scale(3);
  await scale(3);
  const { outcomes, wrong } = await load({ name: 'shared', runs: 60 });
  expect({ outcomes, wrong }).toEqual({ outcomes: { answered: 60 }, wrong: [] });
  const answered = await Promise.all(
    (await containersOf('worker')).map(async (id) => {
      const code =
        'const text = await (await fetch(\'http://127.0.0.1:9464/metrics\')).text(); console.log(/dragoman_runs_total\\{source="terminal",outcome="answered"\\} (\\d+)/.exec(text)?.[1] ?? 0)';
      return Number((await docker(['exec', id, 'node', '--input-type=module', '-e', code])).stdout);
    }),
  );
  expect(Math.min(...answered)).toBeGreaterThan(0);
});

// This only prints a figure: workers have four slots each (WORKER_CONCURRENCY in stack.ts), and the model takes three
// seconds a turn. So few runs tell little, but more would take minutes.
test('throughput with one and with four workers is told', async () => {
  const rates: string[] = [];
  for (const workers of [1, 4]) {
    await scale(workers);
    const { outcomes, rate } = await load({ name: `rate-${workers}`, runs: 16, text: 'scale {}' });
    expect(outcomes).toEqual({ answered: 16 });
    rates.push(`${workers}: ${rate.toFixed(1)}`);
  }
  process.stdout.write(`runs per second by workers: ${rates.join(', ')}\n`);
});
