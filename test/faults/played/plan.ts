/** One tool of a plan. `look*2` means two calls side by side in one turn. */
export interface PlannedCall {
  tool: string;
  ms: number;
  times: number;
}

/** What the model is to do for one question: tools in order, then an answer of `lines` lines. */
export interface Plan {
  case: string;
  calls: PlannedCall[];
  lines: number;
  /** What goes wrong with the model's first answers in each turn. */
  trouble?: Trouble;
}

/**
 * `cut`: the first answer ends after so many bytes; `fail`: this many answers have status 500; `hang`: the first never
 * begins; `idle`: the first stops after so many chunks; `slow`: all begin this many milliseconds late.
 */
export interface Trouble {
  kind: 'cut' | 'fail' | 'hang' | 'idle' | 'slow';
  value: number;
}

/** The plan in words that a person can write and that the played model reads again. */
export function writePlan(plan: Plan): string {
  const calls = plan.calls.map(({ tool, ms, times }) => `${tool}:${ms}*${times}`).join(',');
  const trouble = plan.trouble ? ` trouble=${plan.trouble.kind}:${plan.trouble.value}` : '';
  return `case=${plan.case} calls=${calls || 'none'} lines=${plan.lines}${trouble}`;
}

/** Reads a plan out of a message; undefined when there is none. */
export function readPlan(text: string): Plan | undefined {
  const found = /case=(\S+) calls=(\S+) lines=(\d+)(?: trouble=(\w+):(\d+))?/.exec(text);
  if (!found) return undefined;
  const [, id = '', calls = '', lines = '', kind, value] = found;
  return {
    case: id,
    calls: calls === 'none' ? [] : calls.split(',').map(readCall),
    lines: Number(lines),
    ...(kind !== undefined && { trouble: { kind: kind as Trouble['kind'], value: Number(value) } }),
  };
}

function readCall(text: string): PlannedCall {
  const [tool = '', rest = ''] = text.split(':');
  const [ms = '0', times = '1'] = rest.split('*');
  return { tool, ms: Number(ms), times: Number(times) };
}

/** Names of the effects that the plan has: `0`, or `0.0`, `0.1` for calls side by side. */
export function effectsOf(plan: Plan): { tool: string; call: string }[] {
  return plan.calls.flatMap(({ tool, times }, index) =>
    Array.from({ length: times }, (_, at) => ({ tool, call: times === 1 ? String(index) : `${index}.${at}` })),
  );
}

/** The answer's lines, each naming its case and place, and its last words. */
export function answerOf(plan: Plan): string {
  const lines = Array.from({ length: plan.lines }, (_, at) => `line ${at} of case ${plan.case}.`);
  return [...lines, `end of case ${plan.case}.`].join('\n');
}
