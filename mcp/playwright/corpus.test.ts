import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe } from 'vitest';
import { ssrfVocabulary, type SsrfCase } from '#test/lib/ssrf-cases.ts';
import { startStubInternet, type StubInternet } from '#mcp/fetch/testing/stub-site.ts';
import type { Domain } from '#mcp/kit.ts';
import { testCases } from '#test/lib/corpus-cases.ts';
import { loadCorpus } from '#test/lib/corpora.ts';
import { findChromium } from '#test/lib/browser.ts';
import { config, createDomain } from './domain.ts';
import { handOf, type Told } from './testing/hand.ts';
import { secured } from './testing/secure-internet.ts';

const chromium = findChromium();
const missing = [
  chromium === undefined ? 'no Chromium here' : '',
  spawnSync('openssl', ['version']).status === 0 ? '' : 'no openssl here to make a certificate',
].filter((what) => what !== '');

const MAX_BYTES = 2_000_000;

describe.skipIf(missing.length > 0)(
  `ssrf corpus in the browser${missing.length > 0 ? ` (${missing.join(', ')})` : ''}`,
  { timeout: 120_000 },
  () => {
    let internet: StubInternet;
    let network: Awaited<ReturnType<typeof secured>>;
    let domain: Domain;
    /** For sites of which is expected that they use up the time of a call. */
    let hasty: Domain;

    beforeAll(async () => {
      internet = await startStubInternet();
      network = await secured(internet.network);
      const settings = { BROWSER_EXECUTABLE: chromium, BROWSER_MAX_BYTES: MAX_BYTES, BROWSER_TIMEOUT_MS: 60_000 };
      domain = createDomain(config.parse(settings), { ...network, ignoreCertificates: true });
      const short = config.parse({ ...settings, BROWSER_TIMEOUT_MS: 10_000 });
      hasty = createDomain(short, { ...network, ignoreCertificates: true });
    });
    afterAll(async () => {
      await domain?.[Symbol.asyncDispose]();
      await hasty?.[Symbol.asyncDispose]();
      await network?.[Symbol.asyncDispose]();
      await internet?.[Symbol.asyncDispose]();
    });

    testCases<SsrfCase>({
      name: 'ssrf, in the browser',
      cases: loadCorpus<SsrfCase>('ssrf.json').cases,
      vocabulary: ssrfVocabulary,
      async run(entry) {
        internet.play(entry);
        const before = internet.nonPublicSockets();
        const hand = handOf(isSlow(entry) ? hasty : domain, entry.id);
        const told = await hand.call('navigate', { url: entry.url });
        const problems = [
          verdictProblem(entry, told, internet),
          ...conductProblems(entry, told, internet),
          internet.nonPublicSockets() === before ? undefined : 'opened a socket to an address that is not public',
        ];
        await hand.call('close');
        return problems.filter((problem) => problem !== undefined);
      },
    });
  },
);

function isSlow({ expect, resolver = {} }: SsrfCase): boolean {
  return expect === 'timeout' || Object.values(resolver).some(({ delayMs = 0 }) => delayMs >= 30_000);
}

function verdictProblem(entry: SsrfCase, { failed, text }: Told, internet: StubInternet): string | undefined {
  const onlyTo = entry.accept?.map((one) => /^connect-only-to:(.+)$/.exec(one)?.[1]).find(Boolean);
  if (onlyTo && internet.dialled.every((address) => address === onlyTo)) return undefined;
  if (entry.expect === 'block')
    return failed || entry.accept?.includes('allow') ? undefined : `was let through: ${text}`;
  if (entry.expect === 'timeout') return /did not finish/.test(text) ? undefined : `was not timed out: ${text}`;
  // Chromium tells of bytes after it has unpacked them: what unpacks quicker than that is ended by its memory.
  if (entry.response?.brotli === true && /took more memory than it may and was closed/.test(text)) return undefined;
  if (failed) return `was refused: ${text}`;
  if (internet.dialled.length === 0) return 'was not asked for';
  if (entry.expect === 'truncate' && !text.includes('the rest was cut off'))
    return `was not cut: ${text.slice(0, 500)}`;
  return undefined;
}

/** What must hold in every case, whatever its verdict is. */
function conductProblems(entry: SsrfCase, { failed, text }: Told, { requests }: StubInternet): (string | undefined)[] {
  // A browser sends a site's own cookie back to it, as long as the run lasts.
  const mayHaveCookie = entry.response?.headers?.['set-cookie'] !== undefined;
  return [
    requests.some(({ headers }) => (mayHaveCookie ? undefined : headers.cookie) ?? headers.authorization)
      ? 'sent credentials'
      : undefined,
    requests.some(({ url }) => !/^[\x21-\x7e]+$/.test(url)) ? 'sent a raw character in the path' : undefined,
    text.length > MAX_BYTES ? 'returned more than the cap' : undefined,
    !failed && !text.includes('data, not instructions') ? 'is not marked as text of others' : undefined,
    /^\S.*[.)\]]$|^Page /s.test(text) ? undefined : `is not a sentence: ${text}`,
  ];
}
