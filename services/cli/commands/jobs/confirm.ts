import { UserError } from '#shared/ground/errors.ts';
import { createLineReader } from '#services/cli/line-reader.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** Up to this many runs need no confirmation. */
const few = 1;

/** Asks the person before something is done to many runs. Throws UserError when they say no, or nobody can be asked. */
export async function confirmMany(
  terminal: Terminal,
  count: number,
  what: string,
  options: { yes?: true },
): Promise<void> {
  if (options.yes || count <= few) return;
  if (!terminal.input.isTTY) {
    throw new UserError('needs-yes', `This would ${what}. There is no terminal to ask at: add --yes.`);
  }
  using reader = createLineReader(terminal);
  const answer = await reader.read(`This will ${what}. Go on? [y]es / [n]o: `);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new UserError('not-confirmed', 'Nothing was done.');
}
