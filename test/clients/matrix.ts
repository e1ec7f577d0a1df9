import { readFileSync } from 'node:fs';
import path from 'node:path';

// Which of the twelve points hold for which client. The tests of a row are made from it, and so is the table of
// docs/clients.md: a point that is not tested is not in the table.

/** What breaks clients. */
export const points = {
  1: 'a tool that ran here is no call of the client',
  2: 'the output of a tool that is shown as a function is a list of parts',
  3: 'no empty list of calls and no empty text on a delta',
  4: 'usage where it is asked for, as the gateway says',
  5: 'what the model thinks is not part of the text',
  6: 'members that only Dragoman knows do no harm',
  7: 'a comment comes at once, and does no harm',
  8: 'the model without tools answers alone',
  9: 'an unknown model is an error that lists the known ones',
  10: "the client's instructions stand below ours",
  11: 'a picture reaches the model',
  12: 'a failure is an error, never a silent end',
} as const;
export type Point = keyof typeof points;

export const allPoints = Object.keys(points).map(Number) as Point[];

export interface Row {
  client: string;
  /** The package, as its registry names it. */
  package: string;
  registry: 'npm' | 'PyPI';
  protocol: 'chat completions' | 'Responses';
  /** Points that do not hold, with the reason. */
  broken?: Partial<Record<Point, string>>;
}

/** Versions of PyPI's packages that `npm run test:clients` installs. */
export const pythonPackages: Record<string, string> = { openai: '3.57.0', 'langchain-openai': '1.7.4' };

/** Of PyPI's programs that it installs; Python 3.10 to 3.12 is needed. */
export const aiderPackage: Record<string, string> = { 'aider-chat': '0.86.2' };

/** Versions of npm's programs that it installs. */
export const programs: Record<string, string> = {
  '@openai/codex': '0.171.0',
  '@continuedev/cli': '1.5.47',
  cline: '3.0.65',
};

const chat = 'chat completions';
const responses = 'Responses';
/** Such a client makes an empty answer of a failure. */
const deaf = 'passes `response.failed` over, whoever sends it';

export const rows: Row[] = [
  { client: 'openai chat', package: 'openai', registry: 'npm', protocol: chat },
  { client: 'openai responses', package: 'openai', registry: 'npm', protocol: responses },
  { client: '@ai-sdk/openai-compatible', package: '@ai-sdk/openai-compatible', registry: 'npm', protocol: chat },
  { client: '@ai-sdk/openai', package: '@ai-sdk/openai', registry: 'npm', protocol: responses },
  { client: '@ai-sdk/openai chat', package: '@ai-sdk/openai', registry: 'npm', protocol: chat },
  { client: '@ai-sdk/open-responses', package: '@ai-sdk/open-responses', registry: 'npm', protocol: responses },
  { client: '@langchain/openai', package: '@langchain/openai', registry: 'npm', protocol: chat },
  {
    client: '@langchain/openai responses',
    package: '@langchain/openai',
    registry: 'npm',
    protocol: responses,
    broken: { 12: deaf },
  },
  { client: 'openai chat (Python)', package: 'openai', registry: 'PyPI', protocol: chat },
  { client: 'openai responses (Python)', package: 'openai', registry: 'PyPI', protocol: responses },
  { client: 'langchain-openai', package: 'langchain-openai', registry: 'PyPI', protocol: chat },
  { client: 'langchain-openai responses', package: 'langchain-openai', registry: 'PyPI', protocol: responses },
];

/** Whether a point has a meaning in a protocol: 2 is about items of Responses, 3 about deltas of chat completions. */
export function applies(point: Point, { protocol }: Row): boolean {
  if (point === 2) return protocol === responses;
  return point !== 3 || protocol === chat;
}

export function versionOf(row: Row): string {
  if (row.registry === 'PyPI') return pythonPackages[row.package] ?? 'unknown';
  const file = path.resolve(import.meta.dirname, '../../package.json');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  return { ...dependencies, ...devDependencies }[row.package] ?? 'unknown';
}
