import { randomBytes } from 'node:crypto';
import { connectRedis } from '#shared/redis/connect.ts';
import { createApiKey, findApiKey } from '#shared/rights/api-keys.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { median, percentile, table } from './stats.ts';

// What the time of a look-up tells about keys: of a key that exists with a wrong secret, against one that nobody has.

interface Sample {
  microseconds: number[];
}

/** Looks up keys of both kinds in turns, in random order, and compares the times (Welch's t, slowest tenth left out). */
export async function measureKeyLookup(times: number, say: (text: string) => void): Promise<string> {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'bench');
  const { id } = await createApiKey(redis, { name: 'ci', roles: ['member'] });
  for (let other = 0; other < 100; other += 1) await createApiKey(redis, { name: `other-${other}`, roles: ['member'] });
  say(`key look-up: ${times} of each kind`);
  const secret = () => randomBytes(32).toString('base64url');
  const existing: Sample = { microseconds: [] };
  const unknown: Sample = { microseconds: [] };
  const again: Sample = { microseconds: [] };
  const kinds = [
    { sample: existing, key: () => `dgm_${id}_${secret()}` },
    { sample: unknown, key: () => `dgm_${randomBytes(4).toString('hex')}_${secret()}` },
    // The same kind twice shows how much of a difference is noise.
    { sample: again, key: () => `dgm_${randomBytes(4).toString('hex')}_${secret()}` },
  ];
  for (let time = -200; time < times; time += 1) {
    for (const { sample, key } of kinds.toSorted(() => Math.random() - 0.5)) {
      const asked = key();
      const begun = performance.now();
      await findApiKey(redis, asked);
      if (time >= 0) sample.microseconds.push((performance.now() - begun) * 1_000);
    }
  }
  redis.disconnect();
  const row = (name: string, { microseconds }: Sample) => {
    const difference = median(microseconds) - median(unknown.microseconds);
    const figures = [median(microseconds), percentile(microseconds, 0.9), difference].map((value) => value.toFixed(1));
    return [name, ...figures, welch(microseconds, unknown.microseconds).toFixed(1)];
  };
  return table([
    ['a key with', 'p50, µs', 'p90, µs', 'against unknown, µs', "Welch's t"],
    row('a known id and a wrong secret', existing),
    row('an unknown id', unknown),
    row('an unknown id, once more', again),
  ]);
}

/** Beyond 4.5 the times differ (as dudect has it). The slowest tenth of both tells of the machine. */
function welch(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [a, b].map((values) => {
    const kept = values.filter((value) => value <= percentile(values, 0.9));
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  });
  if (!left || !right) return Number.NaN;
  return (left.mean - right.mean) / Math.sqrt(left.error + right.error || 1e-12);
}
