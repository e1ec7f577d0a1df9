import { configureLogging } from '#shared/log.ts';
import { ConfigError } from '#shared/config.ts';
import { DragomanError, errorText } from '#shared/errors.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// What goes wrong is told to the person in a sentence; log lines would spoil listings on stdout.
configureLogging('cli', 'silent');
try {
  await createProgram(processTerminal()).parseAsync();
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}

function sentence(error: unknown): string {
  if (error instanceof DragomanError) return error.message;
  const text = errorText(error);
  // Redis' own words for `maxmemory` being reached begin so.
  if (text.startsWith('OOM ')) {
    return 'Redis is full and takes nothing new. Nothing was begun. Raise its maxmemory, or keep runs for a shorter time (RETENTION_*): docs/operations.md, RedisMemory.';
  }
  return `dragoman failed: ${text}`;
}
