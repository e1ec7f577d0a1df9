import type { CorpusCase } from './corpora.ts';
import { described, type Vocabulary } from './corpus-cases.ts';
import type { Scene } from '#mcp/fetch/testing/stub-site.ts';

/** A case of ssrf.json. */
export interface SsrfCase extends CorpusCase, Scene {
  url: string;
  expect: 'block' | 'allow' | 'truncate' | 'timeout';
  accept?: string[];
}

/** No answer is kept: each look-up asks again, which is what a `ttl` of 0 means. */
const dns: Vocabulary = { ttl: [0], A: 'any', AAAA: 'any', CNAME: 'any', delayMs: 'any' };
/** What of such a case is understood. */
export const ssrfVocabulary: Vocabulary = {
  ...described,
  url: 'any',
  expect: ['block', 'allow', 'truncate', 'timeout'],
  accept: /^(?:allow|connect-only-to:.+)$/,
  resolver: { '*': { ...dns, sequence: dns } },
  redirects: { from: 'any', status: 'any', location: 'any' },
  response: {
    status: 'any',
    contentType: 'any',
    headers: 'any',
    body: 'any',
    bytes: 'any',
    bytesPerSecond: 'any',
    contentLength: 'any',
    brotli: [true],
    inflatedBytes: 'any',
  },
  // What other implementations say of the URL; it decides nothing here.
  policy: ['ports'],
  reference: 'any',
  whatwgHost: 'any',
};
