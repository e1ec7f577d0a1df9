import { quoted, type Place } from './places.ts';
import { walk } from './walk.ts';

/** A script that teaches bash the words of dragoman. Where none fits, bash completes names of files. */
export function bashCompletion(places: readonly Place[]): string {
  return `_dragoman() {
  local at='' word words=''
${walk(places, {
  before: '"${COMP_WORDS[@]:1:COMP_CWORD-1}"',
  last: '${COMP_WORDS[COMP_CWORD-1]}',
  take: (words) => `words=${quoted(words.map(({ word }) => word).join(' '))}`,
})}
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _dragoman dragoman
`;
}
