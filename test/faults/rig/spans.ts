import type { Verdict } from './checker.ts';
import type { Rig } from './rig.ts';

/** A time, in milliseconds since the epoch, during which something was away that questions need. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Questions that were open in such a time may have been answered without what was away, or have failed, as people were
 * told. That is no finding. Prints the journals of the findings that remain.
 */
export async function excuse(rig: Rig, verdict: Verdict, spans: Span[], say: (text: string) => void): Promise<void> {
  const remains = (name: string): boolean => {
    const { askedAt = 0, endedAt = Infinity } = rig.ledger.cases.get(name) ?? {};
    return !spans.some(({ from, to }) => askedAt < to && endedAt > from);
  };
  verdict.effectsMissing = verdict.effectsMissing.filter(remains);
  verdict.failed = verdict.failed.filter(remains);
  const names = [...verdict.failed.slice(0, 1), ...verdict.effectsMissing.slice(0, 1)];
  if (names.length > 0) say(await rig.journals(names));
}
