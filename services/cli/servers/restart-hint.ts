import { readStackFile } from '../stack-file.ts';

/** Says how a change of the list takes effect. Empty when nothing runs that has read the list. */
export function restartHint(): string {
  return readStackFile() ? 'Stop npm start and start it again: it reads the list when it starts.\n' : '';
}
