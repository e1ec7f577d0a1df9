import { readFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from './log.ts';

const log = createLogger('files');

/** The text of a file that a variable names. Throws ConfigError when it cannot be read. */
export function readNamedFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([
      `${variable}: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
    ]);
  }
}

/** Calls `look` whenever a file may have changed, until disposed. */
export function watchFile(file: string, look: () => void): AsyncDisposable {
  const stop = new AbortController();
  const watching = (async () => {
    // The folder is watched, not the file: editors and Kubernetes replace files instead of writing into them.
    for await (const _ of watch(path.dirname(file), { signal: stop.signal })) look();
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) log.error({ file, error: errorText(error) }, 'a file is not watched any more');
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
    },
  };
}
