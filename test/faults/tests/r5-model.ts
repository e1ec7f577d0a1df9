import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan, Trouble } from '../played/plan.ts';
import type { Case } from '../rig/ledger.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { deaths, settleAndCheck } from '../rig/settle.ts';
import { judge, type FaultOptions, type FaultResult, type FaultTest } from '../suite.ts';

/** The model is away, fails or hangs, or its answers are cut at every byte. Each case goes through the whole system. */
export const modelTrouble: FaultTest = {
  name: 'R5',
  title: 'model down, failing, hanging, cut at every byte',
  full: 2_000,
  quick: 40,
  run,
};

const openAtOnce = 30;
const healthyBeside = 2;
/** The longest answer that the plans below get, in bytes. */
const longestAnswer = 2_000;

async function run({ size, say }: FaultOptions): Promise<FaultResult> {
  await using rig = await startRig({
    workers: 2,
    chunkDelayMs: 0,
    workerEnv: { MODEL_FIRST_TOKEN_TIMEOUT_MS: '4000', MODEL_IDLE_TIMEOUT_MS: '4000' },
  });
  const plans = [...cuts(size), ...others(Math.max(4, Math.round(size / 20)))];
  const downMs = size > 500 ? 30_000 : 3_000;
  let down = 0;
  for (const [at, plan] of plans.entries()) {
    await rig.until(() => rig.ledger.open().length < openAtOnce, 120_000);
    await rig.ask(plan);
    // Other questions go well meanwhile, because the circuit breaker would stop a model that only fails.
    for (let count = 0; count < healthyBeside; count += 1) {
      await rig.ask({ case: `well${at}-${count}`, calls: [{ tool: 'look', ms: 5, times: 1 }], lines: 1 });
    }
    if (at !== Math.floor(plans.length / 2)) continue;
    await control(rig, { downMs });
    down += 1;
    await sleep(downMs);
  }
  const verdict = await settleAndCheck(rig, say);
  const all = [...rig.ledger.cases.values()];
  const hit = (kind: Trouble['kind']) => all.filter((each) => each.plan.trouble?.kind === kind && wasAskedAgain(each));
  const chatty = all.filter((each) => notices(each) > 1).map(({ plan }) => plan.case);
  return judge({
    test: 'R5 model trouble',
    hits: {
      'streams cut': hit('cut').length,
      'status 500': hit('fail').length,
      'never began': hit('hang').length,
      'fell silent': hit('idle').length,
      down,
    },
    atLeast: { 'streams cut': Math.floor(size * 0.5), 'status 500': 2, 'never began': 2, 'fell silent': 2, down: 1 },
    verdict,
    further: [...chatty.map((name) => `case ${name} was told of the model's trouble more than once`), ...deaths(rig)],
  });
}

/** One case for each byte at which an answer can break off, or for `count` of them at even distances. */
function cuts(count: number): Plan[] {
  return Array.from({ length: count }, (_, at) => ({
    case: `cut${at}`,
    calls: [{ tool: 'post', ms: 5, times: 1 }],
    lines: 3,
    trouble: { kind: 'cut' as const, value: Math.floor((at * longestAnswer) / count) },
  }));
}

function others(each: number): Plan[] {
  const kinds: Trouble[] = [
    { kind: 'fail', value: 2 },
    { kind: 'hang', value: 0 },
    { kind: 'idle', value: 1 },
  ];
  return kinds.flatMap((trouble) =>
    Array.from({ length: each }, (_, at) => ({
      case: `${trouble.kind}${at}`,
      calls: [{ tool: 'post', ms: 5, times: 1 }],
      lines: 3,
      trouble,
    })),
  );
}

function wasAskedAgain({ asks }: Case): boolean {
  return new Set(asks.map(({ step }) => step)).size < asks.length;
}

function notices({ parts }: Case): number {
  return parts.map(({ content }) => content.split('I keep trying').length - 1).reduce((sum, count) => sum + count, 0);
}

async function control(rig: Rig, orders: object): Promise<void> {
  await fetch(rig.model, { method: 'POST', body: JSON.stringify(orders) });
}
