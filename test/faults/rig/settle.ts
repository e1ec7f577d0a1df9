import { auditProblems } from './audit.ts';
import { check, type Verdict } from './checker.ts';
import type { Case } from './ledger.ts';
import { rigSigningKey, type Rig } from './rig.ts';

/** Longest wait for all that is open when the faults are over. */
const settleMs = 240_000;

/**
 * Waits until every question has its end, then judges. Prints the journals of what went wrong, for who looks for the cause.
 * `unaudited`: cases of which the audit log may have been lost.
 */
export async function settleAndCheck(
  rig: Rig,
  say: (text: string) => void,
  unaudited: (each: Case) => boolean = () => false,
): Promise<Verdict> {
  await rig.until(() => rig.ledger.open().length === 0, settleMs);
  // What should not come any more gets a moment to come all the same.
  await rig.until(() => false, 5_000);
  const verdict = check(rig.ledger.cases.values());
  const audited = [...rig.ledger.cases.values()].filter((each) => !unaudited(each));
  verdict.auditWrong = await auditProblems(rig.redisUrl, rigSigningKey, audited);
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

export function deaths(rig: Rig): string[] {
  const { workers, ingress, runner } = rig;
  return [...workers.died, ...ingress.died, ...runner.died].map((how) => `a process died by itself: ${how}`);
}
