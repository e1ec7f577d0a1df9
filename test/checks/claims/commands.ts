import type { Command, Option } from 'commander';
import { parseArguments } from '#start/arguments.ts';
import * as scripts from '#test/scripts.ts';
import type { Facts } from './facts.ts';
import { judgeDocker } from './compose.ts';
import { isPath, judgePath } from './paths.ts';
import { isPlaceholder, type Rule, type Verdict } from './rule.ts';
import { judgeAssignment } from './variables.ts';

/** How each of our npm scripts reads what follows `--`. */
const takes: Record<string, (args: string[]) => unknown> = {
  start: parseArguments,
  test: scripts.testArguments.parse,
  check: scripts.checkArguments.parse,
  generate: scripts.generateArguments.parse,
  bench: scripts.benchArguments.parse,
  'test:faults': scripts.faultArguments.parse,
  'test:compose': scripts.composeArguments.parse,
  'test:litellm': scripts.litellmArguments.parse,
};

/**
 * A command line of npm, of `dragoman`, of Compose or of a script; or several of them, in a pipe or one after the
 * other.
 */
export const commandRule: Rule = ({ text, form, file, noun }, facts) => {
  if (form !== 'code' && form !== 'shell') return undefined;
  if (noun === 'job' || noun === 'queue') return undefined;
  const verdicts = text
    .replace(/ # .*$|\s#\s.*$/, '')
    .split(/\s(?:\|\|?|&&)\s|;\s/)
    .map((part) => judgeOne(part.trim(), file, facts));
  return verdicts.find((verdict) => typeof verdict === 'string') ?? verdicts.find((verdict) => verdict !== undefined);
};

type JudgeProgram = (words: string[], file: string, facts: Facts) => Verdict;

/** The programs that are judged, by name. The words are those after the name. */
const programs: Record<string, JudgeProgram> = {
  npm: (words, _, facts) => judgeNpm(words, facts),
  npx: ([first, ...words], _, facts) => (first === 'dragoman' ? judgeDragoman(words, facts) : undefined),
  dragoman: (words, _, facts) => judgeDragoman(words, facts),
  cli: (words, _, facts) => judgeDragoman(words, facts),
  node: (words, file, facts) => judgeNode(words, file, facts),
  chrt: (words, file, facts) => judgeOne(words.slice(2).join(' '), file, facts),
  docker: (words, file, facts) => judgeDocker(words, facts, (inside) => judgeInside(inside, file, facts)),
  rotate: (words, _, { secretGroups }) =>
    words.every((name) => secretGroups.has(name)) || `there is no secret group ${words.join(' ')}`,
};

function judgeOne(command: string, file: string, facts: Facts): Verdict {
  const words = command.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const begin = words.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
  const assigned = words.slice(0, Math.max(begin, 0)).map((word) => judgeAssignment(word, facts));
  const wrong = assigned.find((verdict) => typeof verdict === 'string');
  if (wrong !== undefined || begin === -1) return wrong;
  const [program = '', ...rest] = words.slice(begin);
  if (program.startsWith('--')) return judgeLooseOption(program, rest, facts);
  const judge = Object.hasOwn(programs, program) ? programs[program] : undefined;
  return judge ? judge(rest, file, facts) : judgeBareCommand(program, rest, facts);
}

/** `jobs list --failed`: the docs write this where it is clear that `dragoman` is meant. */
function judgeBareCommand(name: string, rest: string[], facts: Facts): Verdict {
  const known = facts.program.commands.some((each) => each.name() === name && each.commands.length > 0);
  return known && rest.length > 0 ? judgeDragoman([name, ...rest], facts) : undefined;
}

/** A command that runs in a container. The service `cli` takes what `dragoman` takes. */
function judgeInside([service = '', ...words]: string[], file: string, facts: Facts): Verdict {
  if (service === 'cli') return judgeDragoman(words, facts);
  if (words[0] === 'node') return judgeNode(words.slice(1), file, facts);
  const mounted = words.join(' ').match(/\/(?:run\/secrets|docker-entrypoint-initdb\.d)\/[\w.-]+/g) ?? [];
  const missing = mounted.find((place) => !facts.text.includes(place));
  return missing === undefined || `compose.yaml mounts no ${missing}`;
}

function judgeNpm(words: string[], facts: Facts): Verdict {
  const [first = '', second = ''] = words.filter((word) => word !== '--silent' && !isPlaceholder(word));
  if (['install', 'ci', 'link', 'unlink'].includes(first)) return undefined;
  const script = first === 'run' ? second : first;
  if (!facts.scripts.has(script)) return `package.json has no script "${script}"`;
  const dashes = words.indexOf('--');
  const args = dashes === -1 ? [] : words.slice(dashes + 1).filter((word) => !isPlaceholder(word));
  try {
    const parsed = takes[script]?.(args.map((word) => word.replaceAll(/^["']|["']$/g, '')));
    return script === 'test' ? judgeTestNames(parsed as ReturnType<typeof scripts.testArguments.parse>, facts) : true;
  } catch (error) {
    return `npm run ${script}: ${(error as Error).message.split('\n')[0]}`;
  }
}

function judgeTestNames({ words }: { words: string[] }, { paths }: Facts): Verdict {
  const tests = [...paths].filter((file) => file.endsWith('.test.ts'));
  const unknown = words.filter((word) => !tests.some((file) => file.includes(word)));
  return unknown.length === 0 || `no test file has ${unknown.join(' or ')} in its name`;
}

function judgeDragoman(words: string[], { program }: Facts): Verdict {
  let command: Command = program;
  // What follows `--` belongs to another program.
  const rest = words.includes('--') ? words.slice(0, words.indexOf('--')) : [...words];
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (!next) break;
    command = next;
    rest.shift();
  }
  const [first = ''] = rest;
  if (command.commands.length > 0 && first !== '' && !first.startsWith('-') && !isPlaceholder(first))
    return `"${command.name()}" has no command "${first}"`;
  const wrong = rest.filter((word) => word.startsWith('--')).map((word) => judgeOption(word, rest, optionsOf(command)));
  return wrong.find((verdict) => verdict !== true) ?? true;
}

/** The command's own options, and those of the subcommand that runs when none is named. */
function optionsOf(command: Command): readonly Option[] {
  const inner = command.commands.length > 0 ? command.commands.find((each) => each.name() === 'list') : undefined;
  return [...command.options, ...(inner?.options ?? []), ...(command.parent ? [] : [helpOption(command)])];
}

function helpOption(command: Command): Option {
  return command.createOption('--help');
}

function judgeOption(word: string, words: string[], options: readonly Option[]): Verdict {
  const [flag = '', given = words[words.indexOf(word) + 1]] = word.split('=');
  const option = options.find(({ long }) => long === flag);
  if (!option) return `there is no option ${flag}`;
  if (!option.argChoices || given === undefined || isPlaceholder(given)) return true;
  return option.argChoices.includes(given) || `${flag} takes ${option.argChoices.join(', ')}, not ${given}`;
}

/** An option by itself. Some command or script of ours must have it. */
function judgeLooseOption(flag: string, rest: string[], facts: Facts): Verdict {
  const all = allCommands(facts.program).flatMap((command) => command.options);
  const ours = all.some(({ long }) => long === flag.split('=')[0]);
  if (ours)
    return judgeOption(
      flag,
      [flag, ...rest],
      all.filter(({ long }) => long === flag),
    );
  const inScript = Object.values(takes).some((take) => accepts(take, flag));
  return inScript || `no command has an option ${flag}`;
}

function accepts(take: (args: string[]) => unknown, flag: string): boolean {
  return [[flag], [flag, '1']].some((args) => {
    try {
      take(args);
      return true;
    } catch {
      return false;
    }
  });
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function judgeNode([script = '', ...rest]: string[], file: string, facts: Facts): Verdict {
  if (script === 'services/cli/main.ts') return judgeDragoman(rest, facts);
  const place = script.replace(/^\/app\//, '');
  return isPath(place, facts) ? judgePath(place, file, facts) : undefined;
}
