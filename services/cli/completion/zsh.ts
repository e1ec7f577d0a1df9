import { quoted, type Place } from './places.ts';

/** A script that teaches zsh the words of dragoman, as a file of its function path or by `source`. */
export function zshCompletion(places: readonly Place[]): string {
  const known = places.filter(({ at }) => at !== '').map(({ at }) => quoted(at));
  const words = places.map(({ at, words: here }) => `    ${quoted(at)}) found=(${described(here)}) ;;`);
  const choices = places.flatMap(({ at, choices: here }) =>
    here.map(({ option, values }) => `    ${quoted(`${at} ${option}`)}) found=(${values.map(quoted).join(' ')}) ;;`),
  );
  return `#compdef dragoman
_dragoman() {
  local at='' word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
    ${known.join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${words.join('\n')}
  esac
  case "$at \${words[CURRENT-1]}" in
${choices.join('\n')}
  esac
  _describe dragoman found || _files
}
if [ "\${funcstack[1]}" = _dragoman ]; then
  _dragoman "$@"
else
  compdef _dragoman dragoman
fi
`;
}

/** Word and description, as `_describe` wants them: a colon between, so that none may stand in the word. */
function described(words: Place['words']): string {
  return words.map(({ word, description }) => quoted(`${word}:${description}`)).join(' ');
}
