import type { Command, Option } from 'commander';
import { parseArguments } from '#start/arguments.ts';
import * as scripts from '#test/scripts.ts';
import type { Facts } from './facts.ts';
import { isPath, judgePath } from './paths.ts';
import { isPlaceholder, type Rule, type Verdict } from './rule.ts';
import { judgeAssignment } from './variables.ts';

/** How each npm script of our own reads what stands after `--`. */
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

const composeCommands = [
  'build',
  'config',
  'down',
  'exec',
  'logs',
  'pause',
  'ps',
  'restart',
  'run',
  'start',
  'stop',
  'unpause',
  'up',
];
/** Options of Compose that take a value. */
const withValue = new Set([
  '--profile',
  '--tail',
  '--entrypoint',
  '--user',
  '--env-file',
  '--format',
  '-e',
  '-v',
  '-u',
]);

/** A command line: of npm, of `dragoman`, of Compose, of a script; or several, in a pipe or one after the other. */
export const commandRule: Rule = ({ text, form, file, noun }, facts) => {
  if (form !== 'code' && form !== 'shell') return undefined;
  if (noun === 'job' || noun === 'queue') return undefined;
  const verdicts = text
    .replace(/ # .*$|\s#\s.*$/, '')
    .split(/\s(?:\|\|?|&&)\s|;\s/)
    .map((part) => judgeOne(part.trim(), file, facts));
  return verdicts.find((verdict) => typeof verdict === 'string') ?? verdicts.find((verdict) => verdict !== undefined);
};

function judgeOne(command: string, file: string, facts: Facts): Verdict {
  const words = command.replace(/^\(/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const assignments = words.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
  for (const word of words.slice(0, Math.max(assignments, 0))) {
    const verdict = judgeAssignment(word, facts);
    if (typeof verdict === 'string') return verdict;
  }
  const [program = '', ...rest] = assignments === -1 ? [] : words.slice(assignments);
  if (program === 'chrt') return judgeOne(rest.slice(2).join(' '), file, facts);
  if (program === 'npm') return judgeNpm(rest, facts);
  if (program === 'npx' && rest[0] === 'dragoman') return judgeDragoman(rest.slice(1), facts);
  if (program === 'dragoman' || program === 'cli') return judgeDragoman(rest, facts);
  if (program === 'docker' && rest[0] === 'compose') return judgeCompose(rest.slice(1), facts);
  if (program === 'docker' && rest[0] === 'service') {
    const service = /^dragoman_([\w-]+)/.exec(rest[2] ?? '')?.[1] ?? '';
    return facts.services.has(service) || `compose.yaml has no service ${service}`;
  }
  if (program === 'node' && rest[0] !== undefined) return judgeNode(rest, file, facts);
  if (program === 'rotate')
    return rest.every((name) => facts.secretGroups.has(name)) || `there is no secret group ${rest.join(' ')}`;
  if (program.startsWith('--')) return judgeLooseOption(program, rest, facts);
  // `jobs list --failed`, as one says it where it is clear that `dragoman` is meant.
  const known = facts.program.commands.find((each) => each.name() === program);
  return known && known.commands.length > 0 && rest.length > 0 ? judgeDragoman([program, ...rest], facts) : undefined;
}

function judgeNpm(words: string[], facts: Facts): Verdict {
  const [first = '', second = ''] = words.filter((word) => word !== '--silent' && !isPlaceholder(word));
  if (first === 'install' || first === 'ci') return undefined;
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
  const rest = [...words];
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

/** Its own, and those of the command that runs without being named. */
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

/** An option alone: of some command or script of ours. */
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

function judgeCompose(words: string[], facts: Facts): Verdict {
  const options = words.flatMap((word, at) => (word === '--profile' ? [words[at + 1] ?? ''] : []));
  const unknown = options.find((name) => !facts.profiles.has(name));
  if (unknown !== undefined) return `compose.yaml has no profile ${unknown}`;
  const own = words.filter((word, at) => !word.startsWith('-') && !withValue.has(words[at - 1] ?? ''));
  const [command = '', ...names] = own;
  if (command !== '' && !composeCommands.includes(command) && !isPlaceholder(command))
    return `docker compose has no command ${command}`;
  const one = command === 'exec' || command === 'run';
  const services = (one ? names.slice(0, 1) : names).flatMap((name) =>
    isPlaceholder(name) || name.includes('>') || name === 'together' ? [] : [name.split('=')[0] ?? ''],
  );
  const missing = services.find((name) => /^[a-z][\w-]*$/.test(name) && !facts.services.has(name));
  if (missing !== undefined) return `compose.yaml has no service ${missing}`;
  return one ? judgeInside(words.slice(words.indexOf(names[0] ?? '') + 1), names[0] ?? '', facts) : true;
}

/** What is run in a container: `cli` takes what `dragoman` takes. */
function judgeInside(words: string[], service: string, facts: Facts): Verdict {
  if (service === 'cli') return judgeDragoman(words, facts);
  if (words[0] === 'node') return judgeNode(words.slice(1), '', facts);
  const mounted = words.join(' ').match(/\/(?:run\/secrets|docker-entrypoint-initdb\.d)\/[\w.-]+/g) ?? [];
  const missing = mounted.find((place) => !facts.text.includes(place));
  return missing === undefined || `compose.yaml mounts no ${missing}`;
}

function judgeNode([script = '', ...rest]: string[], file: string, facts: Facts): Verdict {
  if (script === 'services/cli/main.ts') return judgeDragoman(rest, facts);
  const place = script.replace(/^\/app\//, '');
  return isPath(place, facts) ? judgePath(place, file, facts) : undefined;
}
