import { styleText } from 'node:util';
import { environment, type Environment } from './config.ts';

/** Whether a program may colour what it says: where the output is a terminal, or CI or FORCE_COLOR says that colours are shown. */
export function showsColours(env: Environment, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] || env['CI']) return true;
  return isTerminal && env['TERM'] !== 'dumb';
}

const coloured = showsColours(environment(), process.stdout.isTTY);

function painter(format: Parameters<typeof styleText>[0]): (text: string) => string {
  // Looked at once, above: what goes to stderr has the colours of stdout, as a person sees both.
  return (text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}

/** Colours and weights for a terminal; the text itself where none are shown. */
export const paint = {
  bold: painter('bold'),
  dim: painter('dim'),
  red: painter('red'),
  green: painter('green'),
  yellow: painter('yellow'),
  blue: painter('blue'),
  magenta: painter('magenta'),
  cyan: painter('cyan'),
  blueBright: painter('blueBright'),
  magentaBright: painter('magentaBright'),
  cyanBright: painter('cyanBright'),
};
