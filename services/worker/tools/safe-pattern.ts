import { Script, createContext } from 'node:vm';

/** Milliseconds of wall time that one match may take; many, because a busy machine may take most of them away. */
const timeLimit = 200;
/** After this many matches that ran out of time the pattern is not tried any more. */
const maxStrikes = 2;

const context = createContext(Object.create(null) as object);
const matching = new Script('pattern.test(text)');

/** A group that repeats, a look-around or a back-reference: only with these can a match take more than a few passes. */
const canBeSlow = /\)[*+{]|\(\?[=!<]|\\[1-9k]|[*+}].*[*+}]/;

/**
 * A pattern from somebody else's schema, for Ajv. A pattern that can take exponential time runs under a time limit;
 * beyond it everything counts as a match, because the server checks its arguments itself. Throws SyntaxError for text
 * that is not a pattern.
 */
export function safePattern(source: string, flags: string): { test(text: string): boolean; toString(): string } {
  const pattern = new RegExp(source, flags);
  if (!canBeSlow.test(source)) return pattern;
  let strikes = 0;
  return {
    test(text) {
      while (strikes < maxStrikes) {
        const matches = matchInTime(pattern, text);
        if (matches !== undefined) return matches;
        strikes += 1;
      }
      return true;
    },
    // Ajv tells patterns apart by this text.
    toString: () => String(pattern),
  };
}

safePattern.code = 'require("node:vm")';

/** Undefined when the time ran out. */
function matchInTime(pattern: RegExp, text: string): boolean | undefined {
  Object.assign(context, { pattern, text });
  try {
    return matching.runInContext(context, { timeout: timeLimit }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
