import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Domain } from '#mcp/kit.ts';
import { described, testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { findChromium } from '#test/lib/browser.ts';
import { config, createDomain } from './domain.ts';
import { handOf, type Hand, type Told } from './testing/hand.ts';
import { startPlayedWeb, type Handler, type PlayedWeb } from './testing/played-web.ts';
import { servings } from './testing/servings.ts';

interface Step {
  tool: string;
  element?: string;
  args?: Record<string, unknown>;
}

interface BrowserCase extends CorpusCase {
  page: string;
  other?: Record<string, string | { redirect: string } | { serve: string }>;
  serve?: string;
  names?: Record<string, string[]>;
  do?: Step[];
  expect: { says?: string[]; not?: string[]; failed?: boolean };
}

const vocabulary: Vocabulary = {
  ...described,
  page: 'any',
  other: 'any',
  serve: Object.keys(servings),
  names: { '*': 'any' },
  do: {
    tool: ['navigate', 'snapshot', 'click', 'type', 'wait_for', 'keep'],
    element: 'any',
    args: {
      element: 'any',
      ref: 'any',
      text: 'any',
      text_gone: 'any',
      seconds: 'any',
      start_index: 'any',
      submit: [true],
      url: 'any',
    },
  },
  expect: { says: 'any', not: 'any', failed: [true, false] },
};

const chromium = findChromium();
const START = 'http://shop.example.com/';

describe.skipIf(chromium === undefined)(
  `pages of the corpus${chromium === undefined ? ' (no Chromium here)' : ''}`,
  { timeout: 180_000 },
  () => {
    let web: PlayedWeb;
    let domain: Domain;
    /** For pages of which is expected that they use up the time of a call. */
    let hasty: Domain;
    let udp: Socket;
    let packets = 0;

    beforeAll(async () => {
      web = await startPlayedWeb();
      const settings = {
        BROWSER_EXECUTABLE: chromium,
        BROWSER_TIMEOUT_MS: 25_000,
        BROWSER_MAX_BYTES: 3_000_000,
        BROWSER_MEMORY_MB: 700,
      };
      domain = createDomain(config.parse(settings), web.network);
      hasty = createDomain(config.parse({ ...settings, BROWSER_TIMEOUT_MS: 10_000 }), web.network);
      udp = createSocket('udp4').on('message', () => (packets += 1));
      udp.bind(0, '127.0.0.1');
      await once(udp, 'listening');
    });
    afterEach(() => {
      web.pages.clear();
      web.names.clear();
      web.dialled.length = 0;
    });
    afterAll(async () => {
      udp?.close();
      await domain?.[Symbol.asyncDispose]();
      await hasty?.[Symbol.asyncDispose]();
      await web?.[Symbol.asyncDispose]();
    });

    testCases<BrowserCase>({
      name: 'browser',
      cases: loadCorpus<BrowserCase>('browser.json').cases,
      vocabulary,
      async run(entry) {
        lay(entry);
        const browser = entry.category === 'hang' ? hasty : domain;
        const hand = handOf(browser, entry.id);
        let told = await hand.call('navigate', { url: START });
        let kept = '';
        for (const step of entry.do ?? []) {
          if (step.tool === 'keep') kept = hand.ref(step.element ?? '');
          else told = await hand.call(step.tool, argumentsOf(step, hand, kept));
        }
        const problems = [...problemsOf(entry, told), ...(await conductProblems(browser))];
        await hand.call('close');
        return problems;
      },
    });

    function lay({ page, other = {}, serve, names = {} }: BrowserCase): void {
      const { port } = udp.address();
      const html = `<!doctype html>${page.replaceAll('UDP', String(port))}`;
      web.pages.set('/', serve === undefined ? html : understood(servings, serve, 'serve')(page));
      for (const [path, body] of Object.entries(other))
        web.pages.set(path, typeof body === 'string' ? body : handlerOf(body));
      for (const [name, addresses] of Object.entries(names))
        web.names.set(
          name,
          addresses.map((address) => [address]),
        );
    }

    /** What must hold whatever the page did: nothing inside was reached, and the browser is there for the next one. */
    async function conductProblems(browser: Domain): Promise<string[]> {
      const reached = web.nonPublic().map((address) => `reached ${address}`);
      web.pages.set('/fine', '<h1>Fine</h1>');
      const hand = handOf(browser, 'the next run');
      const next = await hand.call('navigate', { url: 'http://next.example.com/fine' });
      await hand.call('close');
      const works = next.text.includes('heading "Fine"') ? [] : [`the next page did not open: ${next.text}`];
      return [...reached, ...works, ...(packets > 0 ? [`${packets} packets past the gate`] : [])];
    }
  },
);

function handlerOf(other: { redirect: string } | { serve: string }): Handler {
  if ('serve' in other) return understood(servings, other.serve, 'other.serve')('');
  return (_, response) => void response.writeHead(302, { location: other.redirect }).end();
}

function argumentsOf({ element, args = {} }: Step, hand: Hand, kept: string): Record<string, unknown> {
  if (element !== undefined) return { element, ref: hand.ref(element), ...args };
  const { ref } = args;
  if (ref === 'kept') return { ...args, ref: kept };
  const of = typeof ref === 'string' ? /^of (.+)$/.exec(ref)?.[1] : undefined;
  return of === undefined ? args : { ...args, ref: hand.ref(of) };
}

function problemsOf({ expect: { says = [], not = [], failed } }: BrowserCase, told: Told): string[] {
  return [
    ...says.filter((words) => !told.text.includes(words)).map((words) => `does not say ${words}: ${told.text}`),
    ...not.filter((words) => told.text.includes(words)).map((words) => `says ${words}: ${told.text}`),
    ...(failed !== undefined && failed !== told.failed
      ? [`${told.failed ? 'failed' : 'did not fail'}: ${told.text}`]
      : []),
    ...(told.text.length > 20_000 ? ['is very long'] : []),
    ...(/\bat \S+ \(|\b(?:locator|page)\.\w|Call log|node:/.test(told.text) ? [`shows internals: ${told.text}`] : []),
  ];
}
