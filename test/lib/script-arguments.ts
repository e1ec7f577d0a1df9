import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface ScriptArguments<O extends Options> {
  /** What `--help` shows; its first line is the command. */
  usage: string;
  /** Returns the values of the options and the words beside them. Throws Error with what is wrong, in one line. */
  parse: (args: readonly string[]) => { values: Values<O>; words: string[] };
  /**
   * Like `parse`, for the script itself. Undefined when there is nothing to run: the usage was asked for (exit code 0,
   * on stdout) or something is wrong (exit code 2, on stderr, with what it is).
   */
  read: (args: readonly string[]) => { values: Values<O>; words: string[] } | undefined;
}

type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
>['values'];

interface Takes<O extends Options> {
  usage: string;
  options: O;
  /** Whether words may stand beside the options. A script that takes none refuses them. */
  words?: boolean;
  /** Throws Error that says what is wrong with the values of options, after they were parsed. */
  check?: (values: Values<O>) => void;
}

/** What an npm script takes on its command line. */
export function scriptArguments<const O extends Options>({ usage, options, words = false, check }: Takes<O>) {
  const made: ScriptArguments<O> = {
    usage,
    parse(args) {
      const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
      const [first] = positionals;
      if (!words && first !== undefined) throw new Error(`"${first}" means nothing here`);
      check?.(values);
      return { values, words: positionals };
    },
    read(args) {
      if (args.includes('--help') || args.includes('-h')) {
        process.stdout.write(`${usage}\n`);
        return undefined;
      }
      try {
        return made.parse(args);
      } catch (error) {
        process.stderr.write(`${inOneLine(error)}\n\n${usage}\n`);
        process.exitCode = 2;
        return undefined;
      }
    },
  };
  return made;
}

/** Node's words about a wrong option, without its advice on how to pass it anyway. */
function inOneLine(error: unknown): string {
  return (error as Error).message.split(/\. To specify|\n/)[0] ?? '';
}

/** Throws Error unless the option is left out or its value is a whole number of at least 1. */
export function checkCount(option: string, value: string | undefined): void {
  if (value !== undefined && !/^[1-9]\d*$/.test(value)) throw new Error(`${option} takes a number, not "${value}"`);
}
