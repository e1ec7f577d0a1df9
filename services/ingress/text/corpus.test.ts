import { describe } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { NotUnderstood, described, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { properties } from '#test/text/properties.ts';
import { healMarkdown } from './heal.ts';
import { makeSafe } from './safety.ts';
import { splitMessage } from './split.ts';
import { createStreamedText } from './stream.ts';

interface OutputCase extends CorpusCase {
  direction: 'output' | 'input';
  content?: string;
  parts?: number;
  expectOverride?: string;
  expect: Record<string, unknown>;
}

/** A secret, registered as an operator would. */
const secrets = ['CANARY-SECRET-0001'];
const EMPTY = 'Nothing to show.';

/** What is wrong with the way a text is shown, by the checks that a case asks for. */
function problems(entry: OutputCase): string[] {
  const content = entry.content ?? '';
  const shown = createStreamedText({ rules: { secrets }, emptyText: EMPTY }).update(content, true);
  const text = shown.join('\n');
  const found = Object.entries(checks).flatMap(([name, check]) =>
    name in entry.expect && !check(text, content, entry) ? [name] : [],
  );
  const always = [...shown, makeSafe(content, { secrets })].flatMap((part) => properties.safe(part) ?? []);
  if (shown.some((part) => part.length > 2000 || part.trim() === '')) always.push('a part that Discord refuses');
  return [...found, ...always];
}

type Check = (text: string, content: string, entry: OutputCase) => boolean;

const outsideCode = (text: string): string => text.replaceAll(/```[\s\S]*?```|`[^`]*`/g, ' ');
const split = (content: string): string | undefined => properties.split(content, 2000);

const checks: Record<string, Check> = {
  pings: (text) => !/@(?:everyone|here)|<@[!&]?\d/i.test(outsideCode(text)),
  maskedLinks: (text) => !/\]\(/.test(outsideCode(text)),
  realHostVisible: (text, content) => hostsOf(content).every((host) => text.includes(host)),
  invites: (text) => !/discord(?:app)?\.(?:gg|gift|com\/invite)\//i.test(outsideCode(text)),
  dangerousSchemes: (text) => !/\b(?:data|javascript|file|vbscript):/i.test(outsideCode(text)),
  suppressEmbeds: (text) => !/https?:\/\//.test(outsideCode(text).replaceAll(/<https?:[^\s<>]+>/g, '')),
  canaryInUrl: (text) => !text.includes('CANARY-SECRET-0001'),
  controlCharsLeft: (text) => !/(?![\n\t])\p{Cc}/u.test(text.replaceAll(/```ansi\n[\s\S]*?```/g, '')),
  bidiOverridesLeft: (text) => !/[\u202a-\u202e\u2066-\u2069]/.test(text),
  validUtf16: (text) => text.isWellFormed(),
  commandMentions: (text) => !/<\/[\w-]+(?: [\w-]+)*:\d+>/.test(text),
  maxLen: (_, content) => splitMessage(content).every((part) => part.length <= 2000),
  lossless: (text, content, entry) =>
    entry.expectOverride === 'fallback' ? text === EMPTY : split(content) === undefined,
  fencesBalancedPerPart: (_, content) => splitMessage(content).every((part) => healMarkdown(part) === part),
  noEmptyParts: (text) => text.trim() !== '',
  noBrokenSurrogates: (text, content) => !content.isWellFormed() || text.isWellFormed(),
  order: (text, content, entry) => entry.parts === undefined || splitMessage(content).length === entry.parts,
};

/** The hosts that a text's links lead to, as a browser would read them. */
function hostsOf(content: string): string[] {
  const addresses = content.match(/https?:\/\/[^\s)>\]]+/g) ?? [];
  const last = content.includes('](') ? addresses.slice(-1) : addresses;
  return last.flatMap((address) => URL.parse(address)?.hostname ?? []);
}

/** What a case may ask for: each value here is what the check of its name looks for. */
const wanted: Vocabulary = {
  pings: [0],
  maskedLinks: [0],
  realHostVisible: [true],
  invites: ['stripped or shown as code'],
  dangerousSchemes: [0],
  suppressEmbeds: [true],
  canaryInUrl: [0],
  controlCharsLeft: [0],
  bidiOverridesLeft: [0],
  validUtf16: [true],
  commandMentions: ['escaped'],
  maxLen: [2000],
  lossless: [true],
  fencesBalancedPerPart: [true],
  noEmptyParts: [true],
  noBrokenSurrogates: [true],
  order: [true],
  // The delivery is tested for what is sent with a text: test/discord/delivery.test.ts.
  allowedMentionsParse: [],
  repliedUser: 'any',
};

describe('discord corpus', () => {
  const { cases } = loadCorpus<OutputCase>('discord.json');
  testCases<OutputCase>({
    name: 'discord, texts written',
    // Embeds and labels are tested beside embeds.ts.
    cases: cases.filter((entry) => entry.direction === 'output' && !entry['embeds'] && !entry['componentLabel']),
    vocabulary: {
      ...described,
      direction: 'any',
      content: /^/,
      parts: 'any',
      expectOverride: ['fallback'],
      api: ['thread-starter'],
      expect: wanted,
    },
    run(entry) {
      if (typeof entry.content !== 'string') throw new NotUnderstood(`what is written: ${Object.keys(entry).join()}`);
      return problems(entry);
    },
  });
});
