import { asCode } from './code.ts';

/** A formula between TeX's marks. `half`: the beginning of one that more text could complete. */
interface Marks {
  whole: RegExp;
  half: RegExp;
}

// None begins within another, so that each text is looked at once.
const inLine = '(?!(?<!\\\\)\\\\\\()[^`\\n]';
const inBlock = '(?!\\n[ \\t]*\\n|(?<!\\\\)\\\\\\[)[^`]';
const inDollars = '(?!\\n[ \\t]*\\n)[^`$]';

const marks: Marks[] = [
  { whole: between('\\\\\\(', inLine, 500, '\\\\\\)'), half: begun('\\\\\\(', inLine, 500) },
  { whole: between('\\\\\\[', inBlock, 2_000, '\\\\\\]'), half: begun('\\\\\\[', inBlock, 2_000) },
  { whole: between('\\$\\$', inDollars, 2_000, '\\$\\$'), half: begun('\\$\\$', inDollars, 2_000, '\\$?') },
  // A price or a shell's variable is no formula.
  {
    whole: between('\\$(?![\\s\\d$])', '[^`$\\n]', 80, '(?<!\\s)\\$(?![\\w$])'),
    half: begun('\\$(?![\\s\\d$])', '[^`$\\n]', 80, '\\$?'),
  },
];

/** What a formula has, and words in brackets have not. */
const FORMULA = /\\[a-z]|[\^_=<>+*/]|^\s*[a-z]\s*$/i;

function between(open: string, each: string, most: number, close: string): RegExp {
  return new RegExp(`${open}((?:${each}){1,${most}}?)${close}`, 'y');
}

function begun(open: string, each: string, most: number, closing = '\\\\?'): RegExp {
  return new RegExp(`${open}(?:${each}){0,${most}}${closing}$`, 'y');
}

/**
 * Writes a formula as inline code: Discord knows no TeX, and would take backslashes, stars and underscores out of it as
 * marks of its own.
 */
export function readMath(text: string, at: number): { length: number; out: string } | undefined {
  if (text[at] !== '\\' && text[at] !== '$') return undefined;
  for (const { whole } of marks) {
    whole.lastIndex = at;
    const found = whole.exec(text);
    if (found && FORMULA.test(found[1]!)) return { length: found[0].length, out: asCode(found[1]!) };
  }
  return undefined;
}

/** Whether a formula begins there whose end may still come. */
export function isHalfMath(text: string, at: number): boolean {
  return marks.some(({ half }) => {
    half.lastIndex = at;
    return half.test(text);
  });
}
