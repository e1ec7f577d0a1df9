import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import { encode } from '#mcp/text/charsets.ts';
import { loadCases, type CaseFile } from '#test/lib/corpora.ts';
import { testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { startPlainSite, type Answer, type PlainSite } from './testing/plain-site.ts';

interface FetchCase extends CaseFile {
  input: Record<string, string>;
}

const vocabulary: Vocabulary = {
  id: 'any',
  why: 'any',
  area: ['fetch'],
  severity: 'any',
  reference: 'any',
  situation: 'any',
  how_to_run: /^A local web server listed in FETCH_ALLOWED_HOSTS answers with this; call fetch\(url\)/,
  input: { 'content-type': 'any', 'content-encoding': 'any', body: 'any', body_base64: 'any' },
  expected: 'any',
  neighbours: { what: 'any', expected: 'any' },
};

/** What is right is said in prose: here is what each sentence means for the text that comes back. */
const meanings: Record<string, RegExp> = {
  'Markdown with the heading and the text.': /Heading\n\n(?:.*\n)*Text without a body tag\./,
  'heading and text; title My title': /Title: My title\n[^]*Heading\n\nText\./,
  'title is not part of the text but the title': /Title: My title\n(?![^]*\n.*My title)[^]*Heading/,
  'text kept': /Kept text\./,
  '"Café München".': /Café München/,
  'read right': /Привет, мир/,
  '"hello".': /\nhello$/,
  decoded: /\nhello$/,
  'a sentence that names the encoding as the fault, not "did not speak proper HTTP"':
    /^(?![^]*proper HTTP)[^]*gzip \(Content-Encoding/,
  'The text is shown (bytes are clearly text), with its declared type named.':
    /plain text here[^]*served as application\/octet-stream/,
  shown: /plain text here/,
  'described, not shown': /^(?![^]*plain text here)[^]*not text/,
  'Followed under the rules of redirects, or the address is told to the model (now: "no readable text; it may need a browser").':
    /The target\./,
  'its address is told': /http:\/\/127\.0\.0\.1:\d+\/inner/,
};

const html = { 'content-type': 'text/html' };
const plain = { 'content-type': 'text/plain' };
const coded = (coding: string, body: string | Buffer): Answer => ({
  headers: { ...plain, 'content-encoding': coding },
  body,
});
const text = '# README\n\nplain text here\n';

/** What each neighbour is answered with. */
const neighbours: Record<string, Answer[]> = {
  'no html tag: <!doctype html><title>My title</title><h1>…': [
    { headers: html, body: '<!doctype html><title>My title</title><h1>Heading</h1><p>Text.' },
  ],
  'text after </html>, or a second body': [
    { headers: html, body: '<html><body><p>One.</p></body></html><p>Kept text.</p>' },
    { headers: html, body: '<html><body><p>One.</p></body><body><p>Kept text.</p></body></html>' },
  ],
  'application/xhtml+xml with <script src="a.js"/> before the text': [
    {
      headers: { 'content-type': 'application/xhtml+xml' },
      body: '<html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/></head><body><p>Kept text.</p></body></html>',
    },
  ],
  'windows-1251 in text/xml': [
    {
      headers: { 'content-type': 'text/xml' },
      body: encode('<?xml version="1.0" encoding="windows-1251"?><note>Привет, мир</note>', 'windows-1251').bytes!,
    },
  ],
  'gzip, identity': [coded('gzip, identity', gzipSync('hello'))],
  'gzip with a stray line feed after the stream': [
    coded('gzip', Buffer.concat([gzipSync('hello'), Buffer.from('\n')])),
  ],
  'raw deflate': [coded('deflate', deflateRawSync('hello'))],
  'gzip named, body plain': [coded('gzip', 'hello')],
  'binary/octet-stream, application/csv, application/typescript, application/x-tex, application/jsonlines, application/x-subrip':
    [
      'binary/octet-stream',
      'application/csv',
      'application/typescript',
      'application/x-tex',
      'application/jsonlines',
      'application/x-subrip',
    ].map((type) => ({ headers: { 'content-type': type }, body: text })),
  'octet-stream with NUL bytes': [
    { headers: { 'content-type': 'application/octet-stream' }, body: `${text}\0\u0001\0` },
  ],
  'page that holds only an iframe': [{ headers: html, body: '<iframe src="/inner"></iframe>' }],
};

let site: PlainSite;
beforeAll(async () => {
  site = await startPlainSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

testCases<FetchCase>({
  name: 'cases of pages',
  cases: loadCases<FetchCase>('fetch-'),
  vocabulary,
  async run({ input, expected, neighbours: others }) {
    site.pages.set('/target', { headers: html, body: '<p>The target.' });
    const { body = '', body_base64: base64, ...headers } = input;
    const own: Answer = { headers, body: base64 === undefined ? body : Buffer.from(base64, 'base64') };
    const problems = await problemsOf('the case', [own], expected);
    for (const { what, expected: wanted } of others)
      problems.push(...(await problemsOf(what, answersOf(what), wanted)));
    return problems;
  },
});

/** A neighbour that is a page is answered with as it is. */
function answersOf(what: string): Answer[] {
  return what.startsWith('<') ? [{ headers: html, body: what }] : understood(neighbours, what, 'neighbour');
}

async function problemsOf(what: string, answers: Answer[], expected: string): Promise<string[]> {
  const wanted = understood(meanings, expected, 'expected');
  const texts: string[] = [];
  for (const answer of answers) texts.push((await site.read(answer)).text);
  return texts.filter((said) => !wanted.test(said)).map((said) => `${what}: ${said.slice(0, 300)}`);
}
