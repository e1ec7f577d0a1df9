import { setTimeout as sleep } from 'node:timers/promises';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** The gateway's connection is lost in every way while messages come. Some messages come twice or out of order. */
export const gatewayDrops: FaultTest = { name: 'R6', title: 'gateway drops', full: 500, quick: 5, run };

interface Drop {
  name: string;
  action: string;
  body: object;
}

const resumable: Drop[] = [
  { name: 'cut', action: 'cut', body: {} },
  { name: 'op 7', action: 'reconnect', body: {} },
  { name: 'op 9 resumable', action: 'invalidate', body: { resumable: true } },
];
const lost: Drop[] = [
  { name: 'op 9', action: 'invalidate', body: { resumable: false } },
  { name: '4009', action: 'cut', body: { code: 4009 } },
];
const messagesPerDrop = 20;
/** The route by which a new session reads what was missed. */
const reads = 'GET /channels/*/messages';

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, chunkDelayMs: 0, ingressEnv: { LOG_LEVEL: 'info' } });
  await rig.discord.post('inject-event', { kind: 'duplicate', t: 'MESSAGE_CREATE', chance: 0.05 });
  await rig.discord.post('inject-event', { kind: 'reorder', t: 'MESSAGE_CREATE', chance: 0.05 });
  const hits: Record<string, number> = { cut: 0, 'op 7': 0, 'op 9 resumable': 0, 'op 9': 0, '4009': 0 };
  let asked = 0;
  for (let at = 0; at < size; at += 1) {
    const drops = at % 5 < 3 ? resumable : lost;
    const drop = drops[Math.floor(draw() * drops.length)];
    if (!drop) continue;
    for (let count = 0; count < messagesPerDrop; count += 1) {
      if (count === Math.floor(messagesPerDrop / 4)) await strike(rig, drop, hits);
      await rig.ask({ case: `g${(asked += 1)}`, calls: [], lines: 1 });
      await sleep(draw() * 20);
    }
    await untilConnected(rig);
    await rig.until(() => rig.ledger.open().length < 100, 120_000);
    if ((at + 1) % 25 === 0) say(`${at + 1} of ${size} drops, ${asked} messages`);
  }
  const verdict = await settleAndCheck(rig, say);
  const { hits: events } = await rig.discord.get<{ hits: Record<string, number> }>('faults');
  const all = {
    ...hits,
    'reads failed': events['503'] ?? 0,
    'events twice': events['duplicate'] ?? 0,
    'out of order': events['reorder'] ?? 0,
  };
  const drops = Object.values(hits).reduce((sum, count) => sum + count, 0);
  return judge({
    test: 'R6 gateway drops',
    hits: all,
    atLeast: { 'reads failed': size < 5 ? 0 : 1, 'events twice': 1, 'out of order': 1 },
    verdict,
    further: [...(drops < size ? [`only ${drops} of ${size} drops hit a connection`] : []), ...deaths(rig)],
  });
}

async function strike(rig: Rig, drop: Drop, hits: Record<string, number>): Promise<void> {
  if (lost.includes(drop)) await rig.discord.post('inject', { route: reads, times: 2, status: 503 });
  const { hit } = await rig.discord.post<{ hit: number }>(drop.action, drop.body);
  if (hit > 0) hits[drop.name] = (hits[drop.name] ?? 0) + 1;
}

/** Waits until a bot is connected, because only then is there something to drop. */
export async function untilConnected(rig: Rig): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const sessions = await rig.discord.get<{ connected?: boolean }[]>('sessions');
    if (sessions.some(({ connected }) => connected)) return;
    await sleep(50);
  }
}
