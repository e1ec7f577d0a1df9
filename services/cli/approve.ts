import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { Approval, Verdict } from './ask.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text.ts';

/**
 * Asks the person at the terminal about one call, showing its exact arguments. Without a terminal nobody can be asked:
 * the call is denied, and the model hears why. Undefined when `signal` aborts first.
 */
export async function askHuman(
  terminal: Terminal,
  approval: Approval,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const { err, input } = terminal;
  err.write(question(approval));
  if (!input.isTTY) {
    err.write(`${pc.yellow('!')} Denied: there is no terminal to ask at.\n`);
    return { decision: 'deny', reason: 'nobody could be asked: the request came from a script' };
  }
  const reader = createInterface({ input, output: process.stderr, terminal: false });
  try {
    return await decide(approval, (prompt) => reader.question(prompt, { signal }));
  } catch {
    // Aborted, or the terminal was closed.
    return undefined;
  } finally {
    reader.close();
  }
}

/** Asks until the answer is one of those that fit. */
export async function decide(approval: Approval, ask: (prompt: string) => Promise<string>): Promise<Verdict> {
  const unknown = approval.kind === 'unknown-outcome';
  const prompt = unknown ? 'Did it happen? [y]es / [n]o / [l]eave it: ' : 'Allow it? [y]es / [n]o: ';
  for (;;) {
    const answer = (await ask(prompt)).trim().toLowerCase();
    const yes = ['y', 'yes'].includes(answer);
    if (yes) return { decision: unknown ? 'happened' : 'allow' };
    if (['n', 'no'].includes(answer)) return { decision: unknown ? 'did-not-happen' : 'deny' };
    if (unknown && ['l', 'leave'].includes(answer)) return { decision: 'deny' };
  }
}

function question(approval: Approval): string {
  const why = {
    policy: 'needs your yes',
    guided: 'would be called now',
    'unknown-outcome': 'was interrupted: it may or may not have happened',
  }[approval.kind];
  return `${pc.yellow('?')} ${pc.bold(approval.tool)} ${why}:\n${pretty(approval.arguments)}\n`;
}

/** The exact arguments, indented; never shortened, because they are what is allowed. */
function pretty(json: string): string {
  let text = json;
  try {
    text = JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    // Shown as the model wrote it.
  }
  return printable(text).replace(/^/gm, '    ');
}
