import { ConfigError } from '#shared/ground/config.ts';
import { UserError } from '#shared/ground/errors.ts';
import type { Ended } from './ask.ts';

/** What a script learns from the exit code of `dragoman`. 78 is EX_CONFIG, as with the services. */
export const exitCodes = { answered: 0, failed: 1, usage: 2, refused: 3, needsYes: 4, config: 78 } as const;

/** The exit code of a run. An answer that had to do without a call is not what was wanted. */
export function exitCodeOf({ outcome, refused, unasked }: Pick<Ended, 'outcome' | 'refused' | 'unasked'>): number {
  if (outcome !== 'answered') return exitCodes.failed;
  if (unasked.length > 0) return exitCodes.needsYes;
  return refused.length > 0 ? exitCodes.refused : exitCodes.answered;
}

/** Why the exit code is not 0 although there is an answer; undefined when it is 0, or there is none. */
export function refusalNotice({ outcome, refused, unasked }: Ended): string | undefined {
  if (outcome !== 'answered') return undefined;
  if (unasked.length > 0)
    return `Not done: ${unasked.join(', ')} needs a yes. Run it at a terminal, where you are asked.`;
  return refused.length > 0 ? `Not done: ${refused.join(', ')} was refused.` : undefined;
}

/** The exit code of a command that threw. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof ConfigError) return exitCodes.config;
  if (!(error instanceof UserError)) return exitCodes.failed;
  const codes: Record<string, number> = {
    usage: exitCodes.usage,
    'needs-yes': exitCodes.needsYes,
    'not-confirmed': exitCodes.refused,
  };
  return codes[error.reason] ?? exitCodes.failed;
}
