import { effectsOf } from '../played/plan.ts';
import { isRefused, type Ask, type Case, type Shown } from './ledger.ts';

/** The result of a run of the rig, counted from the witnesses alone. Each field but the first two must be empty. */
export interface Verdict {
  cases: number;
  answered: number;
  refused: number;
  /** Cases that were neither answered nor visibly failed nor refused. */
  lost: string[];
  /** Cases that ended with a sentence that tells a failure. */
  failed: string[];
  /** An effect of a tool that is not idempotent was done more than once. */
  effectsTwice: string[];
  /** A call was made of which nobody had said yes. */
  notAllowed: string[];
  /** An answered case lacks an effect. */
  effectsMissing: string[];
  /** A call that writes was executed after the model had been told its result. */
  executedAgain: string[];
  /**
   * A read was executed after the model had been told its result. That harms nobody, and it cannot be prevented when a
   * worker that was asleep or got no CPU has sent it, so a few are allowed.
   */
  lateReads: string[];
  repliesTwice: string[];
  /** Parts are in another order, or lines in them are missing or doubled. */
  partsWrong: string[];
  /** A question was worked on before the earlier one of its conversation had ended. */
  orderWrong: string[];
  /** A case was refused, and yet worked on. */
  refusedAndDone: string[];
  /** Where the audit log differs from what the witnesses have seen, as sentences. */
  auditWrong: string[];
  /** Commands for which Redis stood still and kept all others waiting. */
  slow: string[];
}

export function check(cases: Iterable<Case>): Verdict {
  const all = [...cases];
  const names = (wrong: (each: Case) => boolean): string[] => all.filter(wrong).map(({ plan }) => plan.case);
  return {
    cases: all.length,
    answered: all.filter(isAnswered).length,
    refused: all.filter(isRefused).length,
    lost: names((each) => each.endedAt === undefined && !isRefused(each)),
    failed: names((each) => each.endedAt !== undefined && !isAnswered(each)),
    effectsTwice: names(hasEffectTwice),
    notAllowed: names(({ executions }) => executions.some(({ tool }) => tool === 'lapse')),
    effectsMissing: names((each) => isAnswered(each) && lacksEffect(each)),
    executedAgain: names((each) => wasExecutedAgain(each, (tool) => tool !== 'look')),
    lateReads: names((each) => wasExecutedAgain(each, (tool) => tool === 'look')),
    repliesTwice: names(isRepliedTwice),
    partsWrong: names((each) => isAnswered(each) && !readsRight(each)),
    orderWrong: outOfOrder(all),
    refusedAndDone: names((each) => isRefused(each) && each.parts.length > 0),
    auditWrong: [],
    slow: [],
  };
}

export function isAnswered(each: Case): boolean {
  return each.endedAt !== undefined && standing(each).some(({ content }) => content.includes(lastWords(each)));
}

function lastWords({ plan }: Case): string {
  return `end of case ${plan.case}.`;
}

function standing({ parts }: Case): Shown[] {
  return parts.filter(({ deleted }) => !deleted);
}

/** Tools whose effect must not be done twice. */
const once = new Set(['post', 'sign']);

function hasEffectTwice({ executions }: Case): boolean {
  const done = executions.filter(({ tool }) => once.has(tool)).map(({ call }) => call);
  return new Set(done).size < done.length;
}

function lacksEffect({ plan, executions }: Case): boolean {
  const done = new Set(executions.map(({ tool, call }) => `${tool} ${call}`));
  return effectsOf(plan).some(({ tool, call }) => tool !== 'lapse' && !done.has(`${tool} ${call}`));
}

function wasExecutedAgain({ asks, executions }: Case, concerns: (tool: string) => boolean): boolean {
  return executions.some(({ at, step, tool }) => concerns(tool) && asks.some((ask) => ask.step > step && ask.at < at));
}

function isRepliedTwice(each: Case): boolean {
  const parts = standing(each);
  const to = parts.map(({ replyTo }) => replyTo);
  const nonces = [...parts, ...each.cards].map(({ nonce }) => nonce).filter((nonce) => nonce !== undefined);
  return new Set(to).size < to.length || new Set(nonces).size < nonces.length;
}

function readsRight(each: Case): boolean {
  const parts = standing(each);
  const chained = parts.every(({ replyTo }, at) => replyTo === (at === 0 ? each.question : parts[at - 1]?.id));
  const rising = parts.every(({ id }, at) => at === 0 || BigInt(id) > BigInt(parts[at - 1]?.id ?? 0));
  const text = parts.map(({ content }) => content).join('\n');
  const lines = [...text.matchAll(/^line (\d+) of case (\S+)\.$/gm)];
  const right = lines.every(([, at, id], index) => Number(at) === index && id === each.plan.case);
  return chained && rising && right && lines.length === each.plan.lines && text.split(lastWords(each)).length === 2;
}

function outOfOrder(all: Case[]): string[] {
  const last = new Map<string, { case: Case; at: number }>();
  const wrong: string[] = [];
  for (const each of all.toSorted((a, b) => (BigInt(a.question) < BigInt(b.question) ? -1 : 1))) {
    const at = each.asks[0]?.at;
    if (at === undefined) continue;
    const before = last.get(each.conversation);
    if (before && before.at > at) wrong.push(each.plan.case);
    last.set(each.conversation, { case: each, at: withoutLate(each.asks).at(-1)?.at ?? at });
  }
  return wrong;
}

/** Leaves out what a worker asked after another one had taken over its run: it was asleep, and uses no answer. */
function withoutLate(asks: Ask[]): Ask[] {
  return asks.filter((ask, at) => {
    const own = asks.findIndex(({ worker }) => worker === ask.worker);
    return !asks.slice(own, at).some(({ worker }) => worker !== ask.worker);
  });
}

/** One in so many cases may have a read that came late. */
const casesPerLateRead = 50;

/**
 * The findings that must not be, as sentences; empty when all is well. `mayFail` allows failures that people were told.
 */
export function problems(verdict: Verdict, options: { mayFail?: boolean } = {}): string[] {
  const { cases, answered: __, refused: ___, lateReads, ...others } = verdict;
  const lists = { ...others, lateReads: lateReads.length > 1 + cases / casesPerLateRead ? lateReads : [] };
  return Object.entries(lists).flatMap(([name, found]) => {
    if (found.length === 0 || (name === 'failed' && options.mayFail)) return [];
    return [`${name}: ${found.length} (${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''})`];
  });
}
