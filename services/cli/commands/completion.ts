import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { placesOf } from '../completion/places.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Terminal } from '../terminal.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `dragoman completion bash|zsh|fish`: a script that knows all commands and options, and asks nobody. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(shells)))
    .action((shell: keyof typeof shells) => {
      terminal.out.write(shells[shell](placesOf(program)));
    });
}
