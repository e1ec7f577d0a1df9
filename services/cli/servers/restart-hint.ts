import { readStackFile } from '../stack-file.ts';

/** What makes a change of the list count. Empty when nothing runs that has read it. */
export function restartHint(): string {
  return readStackFile() ? 'Stop npm start and start it again: it reads the list when it starts.\n' : '';
}
