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

/** Reads a time that something lives for, as milliseconds. Throws InvalidArgumentError for none at all, too. */
export function lifetime(text: string): number {
  const ms = age(text);
  if (ms < 1_000) throw new InvalidArgumentError('a time like 12h or 90d');
  return ms;
}

/** Reads names with commas between them, and adds them to those of the option before. Throws InvalidArgumentError. */
export function commaList(text: string, before: string[] = []): string[] {
  const names = [...new Set([...before, ...text.split(',').map((name) => name.trim())])].filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('names with commas between them');
  return names;
}

/** Reads an amount of US dollars. Throws InvalidArgumentError unless it is more than nothing. */
export function dollars(text: string): number {
  const amount = /^\$?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text.trim().replace('$', '')) : 0;
  if (amount <= 0) throw new InvalidArgumentError('US dollars, such as 5 or 0.50');
  return amount;
}
