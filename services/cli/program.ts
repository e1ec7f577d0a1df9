import { Command } from 'commander';
import { version } from '#shared/process/version.ts';
import { commands } from './catalogue.ts';
import { exitCodesHelp } from './exit-codes-help.ts';
import type { Terminal } from './terminal.ts';

/**
 * The command line. With `words` (those after the program's name), only the command that they name is loaded, which
 * makes help and short commands quick; of the others there are name and description.
 */
export async function createProgram(terminal: Terminal, words?: readonly string[]): Promise<Command> {
  const program = new Command('dragoman')
    .description('Talk to Dragoman from the terminal, and operate it.')
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: (text) => terminal.err.write(text) })
    .showHelpAfterError('(add --help for all options)')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', topHelp)
    // Wrong usage has an exit code of its own; commands inherit this.
    .exitOverride();
  const wanted = words && named(words);
  for (const [name, { description, examples, load }] of Object.entries(commands)) {
    if (words === undefined || name === wanted || wanted === completionName) {
      (await load())(program, terminal);
      const command = program.commands.at(-1);
      command?.description(description);
      if (command) addExamples(command, name, examples);
    } else {
      program.command(name).description(description);
    }
  }
  return program;
}

/** The command that writes down all others, so that it needs all of them. */
const completionName = 'completion';

const topHelp = `
Examples:
  dragoman chat
  dragoman run "Which tables are in the database?"
  dragoman setup
  dragoman chat --help

${exitCodesHelp}`;

/** The command that these words ask for, be it for its help; undefined when they name none. */
function named(words: readonly string[]): string | undefined {
  const names = words.filter((word) => !word.startsWith('-'));
  return names[0] === 'help' ? names[1] : names[0];
}

/** Shows in the help of a command, and of each below it, those examples that are of it. */
function addExamples(command: Command, path: string, examples: readonly string[]): void {
  const own = examples.filter((example) => new RegExp(`\\bdragoman ${path}\\b`).test(example));
  if (own.length > 0) command.addHelpText('after', `\nExamples:\n${own.map((each) => `  ${each}`).join('\n')}`);
  for (const sub of command.commands) addExamples(sub, `${path} ${sub.name()}`, examples);
}
