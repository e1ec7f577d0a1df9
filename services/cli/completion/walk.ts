import { quoted, type Place } from './places.ts';

/** What differs between bash and zsh. */
interface Dialect {
  /** The words between `dragoman` and the one to complete, and the last of them. */
  before: string;
  last: string;
  /** The statement that takes these words for the ones to choose from. */
  take: (words: { word: string; description?: string }[]) => string;
}

/** The lines of a function of bash or zsh that find the place on the command line, and take its words. */
export function walk(places: readonly Place[], { before, last, take }: Dialect): string {
  const known = places.filter(({ at }) => at !== '').map(({ at }) => quoted(at));
  const words = places.map(({ at, words: here }) => `    ${quoted(at)}) ${take(here)} ;;`);
  const choices = places.flatMap(({ at, choices: here }) =>
    here.map(({ option, values }) => `    ${quoted(`${at} ${option}`)}) ${take(values.map((word) => ({ word })))} ;;`),
  );
  return `  for word in ${before}; do
    case "\${at:+$at }$word" in
    ${known.join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${words.join('\n')}
  esac
  case "$at ${last}" in
${choices.join('\n')}
  esac`;
}
