import { expect, it, vi } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig } from '#test/worker/rig.ts';

it('a worker frees a Redis that is over its limit, and questions are taken again', { timeout: 90_000 }, async () => {
  await using rig = await startRig();
  const hour = 3_600_000;
  for (let index = 0; index < 150; index += 1) {
    const id = await rig.accept('x'.repeat(4_000));
    await rig.runs.stop(id, 'ada');
    // The run ended so long ago that nobody waits for its answer any more.
    await rig.redis.hset(keys.run(id), 'endedAt', Date.now() - hour);
  }
  const { used } = await readMemory(rig.redis);
  await rig.redis.config('SET', 'maxmemory', String(Math.floor(used * 0.97)));
  await expect(rig.accept('Hello?')).rejects.toThrow('OOM');
  const before = await rig.redis.zcard(keys.recent);
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) }, { RETENTION_MEMORY_PERCENT: 99 });
  await vi.waitUntil(async () => (await rig.redis.zcard(keys.recent)) < before, { timeout: 60_000 });
  await vi.waitUntil(() => rig.accept('Hello?').then(Boolean, () => false), { timeout: 60_000, interval: 500 });
  await rig.redis.config('SET', 'maxmemory', '0');
});
