import { setTimeout as sleep } from 'node:timers/promises';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { drawOf, judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/**
 * Discord stores messages without saying so, sets limits and resets connections. An ingress dies between a send and its
 * record.
 */
export const restFaults: FaultTest = { name: 'R7', title: 'faulty sends to Discord', full: 1_000, quick: 30, run };

const send = 'POST /channels/*/messages';
const openAtOnce = 30;
/** Longer than a repeated nonce is trusted. */
const heldBackMs = 100_000;

async function run({ seed, size, say }: FaultOptions): Promise<FaultResult> {
  const draw = drawOf(seed);
  await using rig = await startRig({ workers: 2, chunkDelayMs: 0 });
  const faults = [
    { route: send, chance: 0.2, status: 500, afterStore: true },
    { route: send, chance: 0.12, hang: true, afterStore: true },
    { route: send, chance: 0.12, status: 429, retryAfter: 0.4 },
    { route: send, chance: 0.06, cut: true, afterStore: true },
  ];
  for (const fault of faults) await rig.discord.post('inject', fault);
  const kills = { between: 0, late: 0 };
  const wanted = Math.max(2, Math.round(size / 5));
  let asked = 0;
  let hit = await sendHits(rig);
  while (total(hit) < size || kills.between < wanted) {
    await rig.until(() => rig.ledger.open().length < openAtOnce, 120_000);
    await rig.ask({ case: `s${(asked += 1)}`, calls: [], lines: draw() < 0.2 ? 120 : 2 });
    if (draw() < 0.25 && kills.between < wanted) kills.between += await killAtSend(rig);
    hit = await sendHits(rig);
    if (asked % 100 === 0) say(`${asked} questions, ${total(hit)} faulty sends, ${kills.between} kills after a send`);
  }
  if (size >= 200) kills.late = await recoverLate(rig);
  await rig.discord.post('clear-faults', {});
  const verdict = await settleAndCheck(rig, say);
  const least = Math.floor(size / 20);
  return judge({
    test: 'R7 faulty sends',
    hits: { ...hit, 'killed after a send': kills.between, 'found after 100 s': kills.late },
    atLeast: {
      '500 after store': least,
      'hang after store': least,
      '429': least,
      'cut after store': Math.floor(size / 50),
    },
    verdict,
    further: deaths(rig),
  });
}

async function sendHits(rig: Rig): Promise<Record<string, number>> {
  return (await rig.discord.get<{ hits: Record<string, number> }>('faults')).hits;
}

function total(hits: Record<string, number>): number {
  return Object.values(hits).reduce((sum, count) => sum + count, 0);
}

/** Kills the ingress as soon as the witness has a first message for a question. Returns 1 when that was in time. */
async function killAtSend(rig: Rig): Promise<number> {
  const known = new Set(rig.ledger.open().filter(({ parts }) => parts.length > 0));
  const posted = await rig.until(
    () => rig.ledger.open().some((each) => each.parts.length > 0 && !known.has(each)),
    3_000,
  );
  await rig.ingress.kill();
  await rig.ingress.start();
  return posted ? 1 : 0;
}

/** Leaves posted messages unrecorded until their nonces are no longer trusted, here and at Discord. */
async function recoverLate(rig: Rig): Promise<number> {
  for (let at = 0; at < 20; at += 1) await rig.ask({ case: `late${at}`, calls: [], lines: 2 });
  await rig.until(
    () => rig.ledger.open().some(({ parts, plan }) => parts.length > 0 && plan.case.startsWith('late')),
    20_000,
  );
  await rig.ingress.kill();
  rig.look();
  const posted = rig.ledger.open().filter(({ parts }) => parts.length > 0).length;
  await sleep(heldBackMs);
  await rig.discord.post('advance-clock', { ms: 600_000 });
  await rig.ingress.start();
  return posted;
}
