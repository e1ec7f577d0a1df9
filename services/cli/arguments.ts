import { InvalidArgumentError } from 'commander';
import { parseDuration } from './text.ts';

/** Reads an option's time, such as 30m, 2h or 7d, as milliseconds. Throws InvalidArgumentError for anything else. */
export function age(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('a time like 30m, 2h or 7d');
  return ms;
}

/** Reads an option's count, from 1 to 10,000. Throws InvalidArgumentError for anything else. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) throw new InvalidArgumentError('from 1 to 10000');
  return value;
}
