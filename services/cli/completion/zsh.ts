import { quoted, type Place } from './places.ts';
import { walk } from './walk.ts';

/** A script that teaches zsh the words of dragoman, as a file of its function path or by `source`. */
export function zshCompletion(places: readonly Place[]): string {
  return `#compdef dragoman
_dragoman() {
  local at='' word
  local -a found
${walk(places, {
  before: '"${(@)words[2,CURRENT-1]}"',
  last: '${words[CURRENT-1]}',
  // `_describe` wants a colon between word and description, so that none may stand in the word.
  take: (words) => `found=(${words.map((each) => quoted(described(each))).join(' ')})`,
})}
  _describe dragoman found || _files
}
if [ "\${funcstack[1]}" = _dragoman ]; then
  _dragoman "$@"
else
  compdef _dragoman dragoman
fi
`;
}

function described({ word, description }: { word: string; description?: string }): string {
  return description === undefined ? word : `${word}:${description}`;
}
