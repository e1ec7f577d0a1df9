import { readFileSync } from 'node:fs';
import path from 'node:path';

const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');

/** The text of a section of docs/operations.md. Throws when there is none. */
export function sectionOf(heading: string): string {
  const [, after] = text.split(new RegExp(`^#+ ${heading}\n`, 'm'));
  if (after === undefined) throw new Error(`docs/operations.md has no section ${heading}`);
  return after.split(/^#+ /m)[0] ?? '';
}

/**
 * The shell commands in a piece of Markdown, as they stand there: the lines of code blocks (a here-document is one
 * command), and inline code that begins with a program's name.
 */
export function commandsIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```\n([^]*?)^ *```$/gm)].map(([, block = '']) => block);
  const inline = markdown.replaceAll(/^ *```\n[^]*?^ *```$/gm, '').matchAll(/`([^`]+)`/g);
  const found = [
    ...blocks.flatMap(linesOf),
    ...[...inline].map(([, code = '']) => code.replaceAll(String.raw`\|`, '|')),
  ];
  return found.filter((command) => /^(?:[A-Z_]+=\S+ )*(?:docker|rotate) /.test(command));
}

function linesOf(block: string): string[] {
  const commands = block.match(/^.*<<'(\w+)'\n[^]*?^ *\1$|^.+$/gm) ?? [];
  return commands.map((command) => command.trim());
}

/** The one command of a section that has all these words. Throws when there is not exactly one. */
export function documented(heading: string, ...words: string[]): string {
  const found = commandsIn(sectionOf(heading)).filter((command) => words.every((word) => command.includes(word)));
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`docs/operations.md, ${heading}: ${found.length} commands with ${words.join(', ')}`);
  return command;
}
