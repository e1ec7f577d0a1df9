import { readStackFile, writeStackFile } from '#services/cli/stack-file.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { Build } from './build.ts';
import type { Screen } from './screen.ts';

/**
 * Writes what has changed of a stack that is up. A stack that is still being started, or stopped already, has no file.
 * A full disk must not end the stack: what is started again listens where it did, and the old file still leads there.
 */
export function refreshStackFile(build: Pick<Build, 'stopped' | 'describe'>, screen: Pick<Screen, 'warn'>): void {
  try {
    if (readStackFile() && !build.stopped()) writeStackFile(build.describe());
  } catch (error) {
    screen.warn(`What was started again cannot be written down: ${errorText(error)}. Make room, or mend that.`);
  }
}
