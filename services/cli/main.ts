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
  const said = error instanceof DragomanError ? error.message : `dragoman failed: ${errorText(error)}`;
  process.stderr.write(`${said}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
