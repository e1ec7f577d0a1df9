import { CommanderError } from 'commander';
import { processEnvironment } from '#shared/ground/config.ts';
import { keepLoopbackDirect } from '#shared/ground/loopback.ts';
import { configureLogging } from '#shared/process/log.ts';
import { DragomanError, errorText } from '#shared/ground/errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// Errors are told to the person in a sentence; log lines would spoil listings on stdout.
configureLogging('cli', 'silent');
keepLoopbackDirect(processEnvironment());
try {
  const program = await createProgram(processTerminal(), process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has already printed the error; with code 0 it has printed the help or the version.
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else {
    process.stderr.write(`${sentence(error)}\n`);
    process.exitCode = exitCodeOfError(error);
  }
}

function sentence(error: unknown): string {
  if (error instanceof DragomanError) return error.message;
  const text = errorText(error);
  // Redis begins its error with these words when `maxmemory` is reached.
  if (text.startsWith('OOM ')) {
    return 'Redis is full and takes nothing new. Nothing was begun. Raise its maxmemory, or keep runs for a shorter time (RETENTION_*): docs/operations.md, RedisMemory.';
  }
  return `dragoman failed: ${text}`;
}
