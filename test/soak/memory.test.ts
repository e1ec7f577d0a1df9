import { afterAll, beforeAll, expect, it } from 'vitest';
import { clean, type Retention } from '#services/worker/housekeeping/clean.ts';
import { keys } from '#shared/redis/keys.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Plays many runs with tools, histories, failures and streamed text, and a retention that removes everything at once.
// What is left in Redis after each round must not grow.

const rounds = 4;
const runsPerRound = 60;
const nothing: Retention = {
  runsMs: 0,
  runsMax: 0,
  failedMs: 0,
  failedMax: 0,
  unstoredMs: 0,
  conversationsMs: 0,
  conversationsMax: 0,
  auditMs: 0,
  auditMax: 1,
  memoryPercent: 100,
  youngMs: 0,
};

let rig: Rig;
let worker: AsyncDisposable;
beforeAll(async () => {
  rig = await startRig();
  rig.model.handle(({ user, step }) => {
    if (user.includes('Fail')) return { error: { status: 401 } };
    if (step === 0) return { toolCalls: [{ name: 'look', arguments: { at: user } }] };
    return { text: 'An answer of some length. '.repeat(40) };
  });
  const toolbox = createPlayedToolbox({ look: { run: () => 'x'.repeat(4_000) } });
  worker = await rig.worker({ toolbox });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

async function round(): Promise<{ keys: number; used: number; names: string[] }> {
  const ids = Array.from({ length: runsPerRound }, (_, index) =>
    rig.accept(index % 10 === 0 ? 'Fail.' : `Look ${index}.`, { conversation: `channel-${index % 40}` }),
  );
  await Promise.all((await Promise.all(ids)).map((id) => rig.ended(id)));
  expect(await rig.redis.zcard(keys.failed)).toBe(runsPerRound / 10);
  const full = await readMemory(rig.redis);
  const signingKey = 'the-key-of-this-test-and-no-other';
  await clean(rig.redis, rig.queues, nothing, { signingKey, archives: false });
  const { used } = await readMemory(rig.redis);
  // The round must have stored something, or its removal would prove nothing.
  expect(full.used - used).toBeGreaterThan(200_000);
  const names = await rig.redis.keys('*');
  return { keys: names.length, used, names };
}

it(
  'keeps nothing of runs that have had their time: keys and memory stay as they were',
  { timeout: 60_000 },
  async () => {
    // After the first round, everything exists that is set up once, such as buffers and tables that have grown to their
    // size.
    await round();
    const first = await round();
    const after = [];
    for (let count = 1; count < rounds; count += 1) after.push(await round());
    const last = after.at(-1)!;
    expect(last.names.filter((name) => name.includes(':run:'))).toEqual([]);
    // A few keys of followers and schedules come and go.
    expect(Math.abs(last.keys - first.keys)).toBeLessThan(8);
    const growth = last.used - first.used;
    process.stdout.write(
      `soak: ${rounds * runsPerRound} runs; keys ${first.keys} → ${last.keys}; bytes ${first.used} → ${last.used}`,
    );
    // This is less than a tenth of what one round takes.
    expect(growth).toBeLessThan(200_000);
  },
);
