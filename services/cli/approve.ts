import { paint } from '#shared/ground/paint.ts';
import { readableArguments } from '#shared/run/arguments-text.ts';
import type { Approval, Verdict } from './ask.ts';
import type { LineReader } from './line-reader.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text.ts';

/**
 * Asks the person at the terminal about one call, showing its exact arguments. Without a terminal nobody can be asked:
 * the call is denied, and the model is told why. Undefined (the question stays open) when `signal` aborts or the input
 * ends first.
 */
export async function askHuman(
  terminal: Terminal,
  reader: LineReader,
  approval: Approval,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const { err, input } = terminal;
  err.write(question(approval));
  // `dragoman run -` has read stdin to its end, so no answer will come.
  if (!input.isTTY || input.destroyed) {
    err.write(`${paint.yellow('!')} Denied: there is no terminal to ask at.\n`);
    return { decision: 'deny', reason: 'nobody could be asked: the request came from a script', unasked: true };
  }
  const unknown = approval.kind === 'unknown-outcome';
  const prompt = unknown ? 'Did it happen? [y]es / [n]o / [l]eave it: ' : 'Allow it? [y]es / [n]o: ';
  for (;;) {
    const answer = await reader.read(prompt, signal);
    if (answer === undefined) return undefined;
    const verdict = verdictOf(answer, unknown);
    if (verdict) return verdict;
  }
}

/** What a typed answer means; undefined when it fits no choice and has to be asked again. */
function verdictOf(answer: string, unknown: boolean): Verdict | undefined {
  switch (answer.trim().toLowerCase()) {
    case 'y':
    case 'yes':
      return { decision: unknown ? 'happened' : 'allow' };
    case 'n':
    case 'no':
      return { decision: unknown ? 'did-not-happen' : 'deny' };
    case 'l':
    case 'leave':
      return unknown ? { decision: 'deny' } : undefined;
    default:
      return undefined;
  }
}

function question(approval: Approval): string {
  const why = {
    policy: 'needs your yes',
    guided: 'would be called now',
    'unknown-outcome': 'was interrupted: it may or may not have happened',
  }[approval.kind];
  return `${paint.yellow('?')} ${paint.bold(approval.tool)} ${why}:\n${prettyArguments(approval.arguments)}\n`;
}

/** The exact arguments, indented; edits of a file as a diff. They are never shortened, because they are what is allowed. */
export function prettyArguments(json: string): string {
  return printable(readableArguments(json).text).replace(/^/gm, '    ');
}
