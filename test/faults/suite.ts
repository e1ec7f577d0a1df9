import { createDraw } from '#services/playground/rest/faults.ts';
import { check, problems, type Verdict } from './rig/checker.ts';
import { percentile } from './rig/hits.ts';

/** How a fault test is to be run. */
export interface FaultOptions {
  /** The same seed gives the same faults in the same order. */
  seed: number;
  /** How many faults. */
  size: number;
  say: (text: string) => void;
}

/** The result of a fault test. */
export interface FaultResult {
  test: string;
  /** How many faults really hit something, by class. */
  hits: Record<string, number>;
  verdict: Verdict;
  /** Milliseconds from a fault until what it hit next showed life. */
  resumeMs: number[];
  /** Everything that must not be; empty when the test has passed. */
  problems: string[];
  /** Remarks to print beside the table. */
  notes: string[];
  /** Why this machine cannot run the test. */
  skipped?: string;
}

export interface FaultTest {
  name: string;
  title: string;
  /** How many faults the full form has, and how many the form inside `npm test`; 0: not part of that form. */
  full: number;
  quick: number;
  run(options: FaultOptions): Promise<FaultResult>;
}

/** Random numbers from 0 to 1 of one test. */
export function drawOf(seed: number): () => number {
  return createDraw(seed);
}

/** Joins the checker's findings, the classes that were hit less often than `atLeast` demands, and further findings. */
export function judge(input: {
  test: string;
  hits: Record<string, number>;
  atLeast: Record<string, number>;
  verdict: Verdict;
  resumeMs?: number[];
  resumeLimitMs?: number;
  mayFail?: boolean;
  further?: string[];
  notes?: string[];
}): FaultResult {
  const { test, hits, verdict, resumeMs = [], resumeLimitMs, further = [], notes = [] } = input;
  const seldom = Object.entries(input.atLeast)
    .filter(([name, least]) => (hits[name] ?? 0) < least)
    .map(([name, least]) => `"${name}" was hit ${hits[name] ?? 0} times, wanted ${least}`);
  const p95 = percentile(resumeMs, 0.95);
  const late = p95 !== undefined && resumeLimitMs !== undefined && p95 > resumeLimitMs;
  return {
    test,
    hits,
    verdict,
    resumeMs,
    notes,
    problems: [
      ...problems(verdict, { mayFail: input.mayFail ?? false }),
      ...seldom,
      ...(late ? [`resume p95 is ${(p95 / 1_000).toFixed(1)} s, above ${resumeLimitMs / 1_000} s`] : []),
      ...further,
    ],
  };
}

/** The result of a test that this machine cannot run. */
export function skipped(test: string, why: string): FaultResult {
  return { test, hits: {}, verdict: check([]), resumeMs: [], problems: [], notes: [`SKIPPED: ${why}`], skipped: why };
}

/** The one table of all tests. */
export function table(results: FaultResult[]): string {
  const head = [
    'test',
    'faults that hit, by class',
    'runs',
    'lost',
    'effects twice',
    'replies twice',
    'resume p50',
    'p95',
    '',
  ];
  const rows = results.map(({ test, hits, verdict, resumeMs, problems: found, skipped: why }) => [
    test,
    Object.entries(hits)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
    String(verdict.cases),
    String(verdict.lost.length),
    String(verdict.effectsTwice.length + verdict.executedAgain.length),
    String(verdict.repliesTwice.length),
    seconds(percentile(resumeMs, 0.5)),
    seconds(percentile(resumeMs, 0.95)),
    why === undefined ? (found.length === 0 ? 'ok' : 'FAILED') : 'skipped',
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1_000).toFixed(1)} s`;
}
