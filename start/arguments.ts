import { parseArgs } from 'node:util';
import { StartError } from './errors.ts';

export interface StartArguments {
  /** Answers this one question, then ends. */
  once?: string;
  verbose: boolean;
  help: boolean;
}

/** The command line makes no sense; the message has the usage. */
export class UsageError extends StartError {}

export const usage = `npm start                       starts the whole stack on this machine and stays up
npm start -- --once "question"  answers one question on stdout and ends
npm start -- --verbose          shows every log line (they are always in .dragoman/logs/)

Settings come from the environment and from .env; .env.example lists them.
`;

/** Reads the command line. Throws StartError with what is wrong. */
export function parseArguments(args: string[]): StartArguments {
  try {
    const { values } = parseArgs({
      args,
      options: {
        once: { type: 'string' },
        verbose: { type: 'boolean', short: 'v', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.once !== undefined && values.once.trim() === '') throw new Error('--once needs a question');
    return { verbose: values.verbose, help: values.help, ...(values.once === undefined ? {} : { once: values.once }) };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}
