/** What the help of commands that ask says about them. */
export const exitCodesHelp = `Exit codes:
  0 answered   1 failed or stopped   2 wrong usage
  3 something was refused   4 something needs a yes, and nobody could be asked`;
