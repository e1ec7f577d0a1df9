import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '#shared/redis/connect.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';
import { untilConnected } from './r6-gateway.ts';

/**
 * After a lost session, what was missed cannot be read: reads of some channels fail for a while, or Redis takes no
 * writes at that moment. Meanwhile further sessions are lost, and new messages come after the gap.
 */
export const failedReads: FaultTest = {
  name: 'R18',
  title: 'reads of the catch-up that fail',
  full: 120,
  quick: 4,
  run,
};

const failures = [
  { name: 'read 503', times: 2, kind: '503', fault: { status: 503 } },
  { name: 'read 500', times: 3, kind: '500', fault: { status: 500 } },
  { name: 'read 429', times: 3, kind: '429', fault: { status: 429, retryAfter: 0.5 } },
  { name: 'read cut', times: 4, kind: 'cut', fault: { cut: true } },
  { name: 'read without an answer', times: 1, kind: 'hang', fault: { hang: true } },
  { name: 'Redis refused writes', times: 0, kind: '', fault: {} },
] as const;
const messagesPerGap = 12;
const channelsHit = 4;
const fullForMs = 3_000;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, chunkDelayMs: 0 });
  let refusedWrites = 0;
  let asked = 0;
  let inGap = 0;
  const ask = () => rig.ask({ case: `g${(asked += 1)}`, calls: [], lines: 1 });
  // Each channel gets a mark from which reading can go on.
  for (let at = 0; at < 24; at += 1) await ask();
  await rig.until(() => rig.ledger.open().length === 0, 60_000);
  for (let at = 0; at < size; at += 1) {
    const failure = failures[at % failures.length];
    if (!failure) continue;
    await untilConnected(rig);
    for (let count = 0; failure.times > 0 && count < channelsHit; count += 1) {
      const channel = channelOf(rig, draw);
      const route = `GET /channels/${channel}/messages`;
      await rig.discord.post('inject', { route, times: failure.times, ...failure.fault });
    }
    await rig.discord.post(...(draw() < 0.5 ? lost.invalidated : lost.closed));
    const gapFrom = asked;
    for (let count = 0; count < messagesPerGap; count += 1) await ask();
    inGap += asked - gapFrom;
    if (failure.times === 0) refusedWrites += await refuseWrites(rig);
    await untilConnected(rig);
    // A later message in a channel must not make the ingress skip what is still missing.
    for (let count = 0; count < messagesPerGap; count += 1) await ask();
    await sleep(draw() * 1_500);
    // Now and then the next session is lost before everything was read.
    if (draw() < 0.7) await rig.until(() => rig.ledger.open().length === 0, 120_000);
    if (at % 12 === 11) say(`${at + 1} of ${size} lost sessions, ${asked} messages`);
  }
  const verdict = await settleAndCheck(rig, say);
  const { hits: met } = await rig.discord.get<{ hits: Record<string, number> }>('faults');
  const reads = failures.filter(({ times }) => times > 0).map(({ name, kind }) => [name, met[kind] ?? 0] as const);
  const hits = { ...Object.fromEntries(reads), 'Redis refused writes': refusedWrites };
  return judge({
    test: 'R18 failed catch-up',
    hits: { ...hits, 'messages in gaps': inGap, 'questions refused': verdict.refused },
    atLeast: Object.fromEntries(failures.map(({ name }) => [name, Math.floor(size / 12)])),
    verdict,
    further: deaths(rig),
  });
}

const lost: Record<'invalidated' | 'closed', [action: string, body: object]> = {
  invalidated: ['invalidate', { resumable: false }],
  closed: ['cut', { code: 4009 }],
};

function channelOf(rig: Rig, draw: () => number): string {
  return rig.places[Math.floor(draw() * rig.places.length)]?.channel ?? '';
}

/** Refuses writes as a full Redis does, for as long as the new session takes to begin and to read. */
async function refuseWrites(rig: Rig): Promise<number> {
  const redis = connectRedis(rig.redisUrl, 'full');
  try {
    await redis.config('SET', 'maxmemory', '1');
    await untilConnected(rig);
    await sleep(fullForMs);
    await redis.config('SET', 'maxmemory', '0');
    return 1;
  } finally {
    redis.disconnect();
  }
}
