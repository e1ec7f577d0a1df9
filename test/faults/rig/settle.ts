import { connectRedis } from '#shared/redis/connect.ts';
import { slowCommands } from '#test/lib/slowlog.ts';
import { auditProblems } from './audit.ts';
import { check, type Verdict } from './checker.ts';
import type { Case } from './ledger.ts';
import { rigSigningKey, type Rig } from './rig.ts';

/** How long open questions may take when the faults are over. */
const settleMs = 240_000;

/**
 * Waits until every question has its end, then judges. Prints the journals of what went wrong, for people who look for
 * the cause. `unaudited`: cases whose part of the audit log may have been lost.
 */
export async function settleAndCheck(
  rig: Rig,
  say: (text: string) => void,
  unaudited: (each: Case) => boolean = () => false,
): Promise<Verdict> {
  await rig.until(() => rig.ledger.open().length === 0, settleMs);
  // Something that should not come gets a moment to come.
  await rig.until(() => false, 5_000);
  const verdict = check(rig.ledger.cases.values());
  const audited = [...rig.ledger.cases.values()].filter((each) => !unaudited(each));
  verdict.auditWrong = await auditProblems(rig.redisUrl, rigSigningKey, audited);
  verdict.slow = await slowIn(rig, say);
  const { lost, failed, effectsTwice, effectsMissing, executedAgain, repliesTwice, partsWrong, refusedAndDone } =
    verdict;
  const suspects = [
    lost,
    effectsTwice,
    executedAgain,
    repliesTwice,
    effectsMissing,
    partsWrong,
    refusedAndDone,
    failed,
  ];
  const named = suspects.flatMap((names) => names.slice(0, 1));
  if (named.length > 0) say(await rig.journals(named));
  if (lost.length > 0) say(`the ingress said last:\n${rig.ingress.current()?.tail() ?? '(it is not running)'}`);
  return verdict;
}

/** In milliseconds: far more than any command of ours takes, and than the pauses of a busy machine. */
const slowMs = 1_500;

/** Prints Redis' slowest commands since it was started. Returns those that kept everybody waiting. */
async function slowIn(rig: Rig, say: (text: string) => void): Promise<string[]> {
  const redis = connectRedis(rig.redisUrl, 'slowlog');
  try {
    const slow = await slowCommands(redis);
    const [slowest] = slow;
    if (slowest) say(`SLOWLOG: ${slow.length} commands above 10 ms, the slowest ${slowest.name} ${slowest.ms} ms`);
    return slow.filter(({ ms }) => ms > slowMs).map(({ name, ms }) => `${name} ${ms} ms`);
  } finally {
    redis.disconnect();
  }
}

export function deaths(rig: Rig): string[] {
  const { workers, ingress, runner } = rig;
  return [...workers.died, ...ingress.died, ...runner.died].map((how) => `a process died by itself: ${how}`);
}
