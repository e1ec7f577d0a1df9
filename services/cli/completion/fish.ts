import type { Place, Word } from './places.ts';

/** A script that teaches fish the words of dragoman. */
export function fishCompletion(places: readonly Place[]): string {
  const known = places.filter(({ at }) => at !== '').map(({ at }) => quoted(at));
  const lines = places.flatMap(({ at, words, choices }) =>
    words.map((word) => wordLine(at, word, choices.find(({ option }) => option === word.word)?.values)),
  );
  return `function __dragoman_at
    set -l at
    for word in (commandline -opc)[2..-1]
        if contains -- (string trim "$at $word") ${known.join(' ')}
            set at (string trim "$at $word")
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function wordLine(at: string, { word, description }: Word, values: readonly string[] | undefined): string {
  const where = `complete -c dragoman -n ${quoted(`__dragoman_at ${quoted(at)}`)}`;
  const about = `-d ${quoted(description)}`;
  if (!word.startsWith('--')) return `${where} -f -a ${quoted(word)} ${about}`;
  const taken = values ? ` -x -a ${quoted(values.join(' '))}` : '';
  return `${where} -l ${word.slice(2)}${taken} ${about}`;
}

/** A text as one word of fish, whose single quotes know a backslash before a quote. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
