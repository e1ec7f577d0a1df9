import type { Facts } from './facts.ts';
import { isPlaceholder, type Verdict } from './rule.ts';

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

/**
 * `docker compose …` and `docker service …`. `judgeInside` gets a service and the command that runs in its container.
 */
export function judgeDocker(
  [kind, ...words]: string[],
  facts: Facts,
  judgeInside: (words: string[]) => Verdict,
): Verdict {
  if (kind === 'compose') return judgeCompose(words, facts, judgeInside);
  if (kind !== 'service') return undefined;
  const service = /^dragoman_([\w-]+)/.exec(words[1] ?? '')?.[1] ?? '';
  return facts.services.has(service) || `compose.yaml has no service ${service}`;
}

function judgeCompose(words: string[], facts: Facts, judgeInside: (words: string[]) => Verdict): Verdict {
  const profiles = words.flatMap((word, at) => (word === '--profile' ? [words[at + 1] ?? ''] : []));
  const unknown = profiles.find((name) => !facts.profiles.has(name));
  if (unknown !== undefined) return `compose.yaml has no profile ${unknown}`;
  const own = words.filter((word, at) => !word.startsWith('-') && !withValue.has(words[at - 1] ?? ''));
  const [command = '', ...names] = own;
  if (command !== '' && !composeCommands.includes(command) && !isPlaceholder(command))
    return `docker compose has no command ${command}`;
  const runsInside = command === 'exec' || command === 'run';
  const services = (runsInside ? names.slice(0, 1) : names.map((name) => name.split('=')[0] ?? '')).filter((name) =>
    /^[a-z][\w-]*$/.test(name),
  );
  const missing = services.find((name) => !facts.services.has(name));
  if (missing !== undefined) return `compose.yaml has no service ${missing}`;
  const [first = ''] = names;
  return runsInside ? judgeInside(words.slice(words.indexOf(first))) : true;
}
