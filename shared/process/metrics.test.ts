import { expect, test } from 'vitest';
import { declaredLabels, metrics, registry } from './metrics.ts';
import { anyName } from './metric-labels.ts';

async function series(name: string): Promise<string[]> {
  const text = await registry.getSingleMetricAsString(name);
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('a counter whose labels are all known shows each of their values from the start', async () => {
  const counters = [...declaredLabels].filter(([name]) => name.endsWith('_total'));
  expect(counters.length).toBeGreaterThan(5);
  for (const [name, labels] of counters) {
    const values = Object.values(labels).filter((known) => known !== anyName);
    if (values.length < Object.keys(labels).length) continue;
    const combinations = values.reduce((product, known) => product * known.length, 1);
    expect(await series(name), name).toHaveLength(combinations);
  }
});

test('a counter with names that come later shows 0 for its other labels once a name is known', async () => {
  const name = 'dragoman_tool_calls_total';
  metrics.toolCalls.beginAtZero({ domain: 'trial', tool: 'look' });
  expect(await series(name)).toContain(`${name}{domain="trial",tool="look",outcome="interrupted"} 0`);
  metrics.toolCalls.inc({ domain: 'trial', tool: 'look', outcome: 'error' });
  metrics.toolCalls.beginAtZero({ domain: 'trial', tool: 'look' });
  expect(await series(name)).toContain(`${name}{domain="trial",tool="look",outcome="error"} 1`);
  expect(() => metrics.toolCalls.beginAtZero({ domain: 'trial' })).toThrow('which tool?');
});

test('figures that nobody answers for keep no others from being shown', async () => {
  let asked = 0;
  metrics.redisMemoryUsed.collectWith(() => {
    asked += 1;
    return new Promise(() => undefined);
  });
  const started = performance.now();
  expect(await registry.metrics()).toContain('dragoman_runs_total');
  await registry.metrics();
  expect(performance.now() - started).toBeLessThan(8_000);
  expect(asked).toBe(1);
  expect(await series('dragoman_redis_memory_used_bytes')).toEqual(['dragoman_redis_memory_used_bytes 0']);
}, 15_000);
