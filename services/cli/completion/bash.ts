import { quoted, type Place } from './places.ts';

/** A script that teaches bash the words of dragoman. Where none fits, bash completes names of files. */
export function bashCompletion(places: readonly Place[]): string {
  const known = places.filter(({ at }) => at !== '').map(({ at }) => quoted(at));
  const words = places.map(({ at, words: here }) => `    ${quoted(at)}) words=${quoted(list(here))} ;;`);
  const choices = places.flatMap(({ at, choices: here }) =>
    here.map(({ option, values }) => `    ${quoted(`${at} ${option}`)}) words=${quoted(values.join(' '))} ;;`),
  );
  return `_dragoman() {
  local at='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
    ${known.join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${words.join('\n')}
  esac
  case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _dragoman dragoman
`;
}

function list(words: Place['words']): string {
  return words.map(({ word }) => word).join(' ');
}
