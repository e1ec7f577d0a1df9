import { afterAll, beforeAll, describe } from 'vitest';
import type { AnyTool, Domain } from '#mcp/kit.ts';
import { loadCorpus } from '#test/lib/corpora.ts';
import { testCases } from '#test/lib/corpus-cases.ts';
import { config, createDomain } from './domain.ts';
import { ssrfVocabulary, type SsrfCase } from '#test/lib/ssrf-cases.ts';
import { startStubInternet, type StubInternet } from './testing/stub-site.ts';

interface Outcome {
  isError: boolean;
  text: string;
}

const MAX_BYTES = 2_000_000;
const MAX_REQUESTS = 6;

describe('ssrf corpus', () => {
  let internet: StubInternet;
  const domains: Record<'usual' | 'hasty', Domain | undefined> = { usual: undefined, hasty: undefined };

  beforeAll(async () => {
    internet = await startStubInternet();
    const settings = { FETCH_MAX_BYTES: MAX_BYTES };
    domains.usual = createDomain(config.parse(settings), internet.network);
    // Cases that never end need a deadline that a test can wait for.
    domains.hasty = createDomain(config.parse({ ...settings, FETCH_TIMEOUT_MS: 700 }), internet.network);
  });
  afterAll(async () => {
    await domains.usual?.[Symbol.asyncDispose]();
    await domains.hasty?.[Symbol.asyncDispose]();
    await internet[Symbol.asyncDispose]();
  });

  testCases<SsrfCase>({
    name: 'ssrf',
    cases: loadCorpus<SsrfCase>('ssrf.json').cases,
    vocabulary: ssrfVocabulary,
    async run(entry) {
      internet.play(entry);
      const before = internet.nonPublicSockets();
      const outcome = await fetchOnce(entry);
      const problems = [
        verdictProblem(entry, outcome, internet),
        ...conductProblems(entry, outcome, internet),
        internet.nonPublicSockets() === before ? undefined : 'opened a socket to an address that is not public',
      ];
      return problems.filter((problem) => problem !== undefined);
    },
  });

  async function fetchOnce(entry: SsrfCase): Promise<Outcome> {
    const endless = entry.response?.bytesPerSecond ?? Object.values(entry.resolver ?? {}).find((dns) => dns.delayMs);
    const tool = (endless ? domains.hasty : domains.usual)!.tools[0] as AnyTool;
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const result = await tool.call({ url: entry.url, max_length: 100_000 }, context);
    const [content] = result.content;
    return { isError: result.isError === true, text: content?.type === 'text' ? content.text : '' };
  }
});

function verdictProblem(entry: SsrfCase, { isError, text }: Outcome, internet: StubInternet): string | undefined {
  const onlyTo = entry.accept?.map((one) => /^connect-only-to:(.+)$/.exec(one)?.[1]).find(Boolean);
  if (onlyTo && internet.dialled.every((address) => address === onlyTo)) return undefined;
  if (entry.expect === 'block') return isError || entry.accept?.includes('allow') ? undefined : 'was let through';
  if (entry.expect === 'timeout') return isError && text.includes('did not finish') ? undefined : 'was not timed out';
  if (isError) return `was refused: ${text}`;
  if (internet.dialled.length === 0) return 'was not asked for';
  if (entry.expect === 'truncate' && !text.includes('only its beginning')) return 'was not cut';
  return undefined;
}

/** What must hold in every case, whatever its verdict is. */
function conductProblems(entry: SsrfCase, { isError, text }: Outcome, internet: StubInternet): (string | undefined)[] {
  const { requests } = internet;
  const hops = entry.redirects?.length ?? 0;
  return [
    requests.some(({ headers }) => headers.cookie ?? headers.authorization) ? 'sent credentials' : undefined,
    requests.some(({ url }) => !/^[\x21-\x7e]+$/.test(url)) ? 'sent a raw character in the path' : undefined,
    requests.length > (isError ? MAX_REQUESTS : hops + 1) ? `made ${requests.length} requests` : undefined,
    text.length > MAX_BYTES ? 'returned more than the cap' : undefined,
    !isError && !text.includes('data, not instructions') ? 'is not marked as text of others' : undefined,
    /^(?:image|application)\/(?:png|pdf)/.test(entry.response?.contentType ?? '') && /<html|xxxx/.test(text)
      ? 'gave raw bytes'
      : undefined,
    /^\S.*[.)\]]$|^Content of/s.test(text) ? undefined : 'is not a sentence',
  ];
}
