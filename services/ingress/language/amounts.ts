import type { ResultSize } from '#shared/run/journal-entries.ts';
import { en } from './en.ts';
import type { Say } from './say.ts';
import type { Key } from './translation.ts';

/** A length of time, given in milliseconds: `1.2 s`. */
export function secondsIn({ language }: Say, ms: number): string {
  const digits = ms < 10_000 ? 1 : 0;
  return `${numberIn(language, ms / 1_000, digits)} s`;
}

/** US dollars; small amounts keep two digits that say something. */
export function usdIn({ language }: Say, amount: number): string {
  const digits = amount === 0 ? 0 : amount < 0.01 ? 4 : 2;
  const options = { style: 'currency', currency: 'USD', minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, options as Intl.NumberFormatOptions).format(amount);
}

/** A day in UTC, given in milliseconds since the epoch: `December 1, 2026`. */
export function dayIn({ language }: Say, at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/** A share of one, in percent. */
export function percentIn({ language }: Say, share: number): string {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(share);
}

/** What something cost; empty where nothing did. */
export function costIn(say: Say, { costUsd, estimated }: { costUsd: number; estimated: boolean }): string {
  return costUsd <= 0 ? '' : `${estimated ? '~' : ''}${usdIn(say, costUsd)}`;
}

type SizeKey = Extract<Key, `size.${string}`>;

/** How much a result holds: `15 rows`, `200+ rows`. What has no name in the catalogue keeps its own. */
export function sizeIn(say: Say, size: ResultSize | undefined): string {
  if (!size) return '';
  const { count, of, more } = size;
  const number = numberIn(say.language, count, 0) + (more ? '+' : '');
  const key = `size.${of}`;
  // With more to come, there are several.
  return Object.hasOwn(en, key) ? say(key as SizeKey, { count: more ? count + 1 : count, number }) : `${number} ${of}`;
}

/** Names in a row, with "and" before the last. */
export function listIn({ language }: Say, names: readonly string[]): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(names);
}

function numberIn(language: string, value: number, digits: number): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
}
