import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encode } from '#mcp/text/charsets.ts';
import { startPlainSite, type PlainSite } from './testing/plain-site.ts';

let site: PlainSite;
beforeAll(async () => {
  site = await startPlainSite({ FETCH_MAX_BYTES: 1_000_000 });
});
beforeEach(() => {
  site.pages.clear();
  site.requests.length = 0;
});
afterAll(() => site?.[Symbol.asyncDispose]());

const plain = { 'content-type': 'text/plain' };
const html = { 'content-type': 'text/html' };
const bytes = (text: string, charset: string): Buffer => encode(text, charset).bytes!;

describe('Content-Encoding', () => {
  const hello = 'hello '.repeat(50);
  test.each<[string, Buffer | string]>([
    ['utf-8', hello],
    ['none', hello],
    ['binary', hello],
    ['identity', hello],
    ['aws-chunked', hello],
    ['8bit', hello],
    ['', hello],
    [',', hello],
    ['gzip', gzipSync(hello)],
    ['GZIP', gzipSync(hello)],
    ['x-gzip', gzipSync(hello)],
    ['gzip, identity', gzipSync(hello)],
    ['identity, gzip', gzipSync(hello)],
    ['utf-8, gzip', gzipSync(hello)],
    ['gzip', Buffer.concat([gzipSync(hello), Buffer.from('\n')])],
    ['gzip', Buffer.concat([gzipSync(hello), Buffer.from('\r\n<!-- cached -->\n')])],
    ['gzip', Buffer.concat([gzipSync(hello), Buffer.alloc(8)])],
    ['gzip', Buffer.concat([gzipSync(hello.slice(0, 150)), gzipSync(hello.slice(150))])],
    ['deflate', deflateSync(hello)],
    ['deflate', deflateRawSync(hello)],
    ['br', brotliCompressSync(hello)],
    ['zstd', zstdCompressSync(hello)],
    ['gzip, br', brotliCompressSync(gzipSync(hello))],
    ['gzip, gzip', gzipSync(gzipSync(hello))],
    ['gzip', gzipSync(gzipSync(hello))],
    ['identity', gzipSync(hello)],
    ['"gzip"', gzipSync(hello)],
    ['gzip;q=1.0', gzipSync(hello)],
    ['br', gzipSync(hello)],
    ['gzip', zstdCompressSync(hello)],
  ])('%j is undone', async (coding, body) => {
    const { failed, content, text } = await site.read({ headers: { ...plain, 'content-encoding': coding }, body });
    expect([failed, content]).toEqual([false, hello]);
    expect(text).not.toContain('beginning');
  });

  test.each(['gzip', 'x-gzip', 'br', 'zstd', 'deflate'])(
    '%s that the body is not in is named as the fault',
    async (coding) => {
      const { failed, text } = await site.read({ headers: { ...plain, 'content-encoding': coding }, body: hello });
      expect([failed, text]).toEqual([true, expect.stringContaining(`Content-Encoding: ${coding}`)]);
      expect(text).not.toContain('proper HTTP');
    },
  );

  test('an empty body is empty in any coding', async () => {
    const { failed, text } = await site.read({ headers: { ...plain, 'content-encoding': 'gzip' }, body: '' });
    expect([failed, text]).toEqual([false, expect.stringContaining('the page is empty')]);
  });

  test('what breaks off or is damaged is shown as far as it goes, and that is said', async () => {
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, n) => `${n * n} `).join(''));
    const coding = { ...plain, 'content-encoding': 'gzip' };
    expect((await site.read({ headers: coding, body: packed.subarray(0, 60_000) })).text).toContain(
      'only its beginning',
    );
    const damaged = Buffer.concat([packed.subarray(0, 60_000), Buffer.alloc(1000, 0xff), packed.subarray(61_000)]);
    expect((await site.read({ headers: coding, body: damaged })).text).toContain('damaged');
  });

  test('a bomb ends at the limit', async () => {
    const body = gzipSync(gzipSync(Buffer.alloc(200_000_000)));
    const { text } = await site.read({ headers: { ...plain, 'content-encoding': 'gzip, gzip' }, body });
    expect(text).toMatch(/larger than 1,000,000 bytes|not text/);
  });

  test('a gzip file stays a file', async () => {
    const { text } = await site.read({ headers: { 'content-type': 'application/gzip' }, body: gzipSync('x') });
    expect(text).toContain('gzip-compressed data');
  });
});

describe('encodings', () => {
  const russian = 'Привет, мир. Это страница о погоде.';
  test.each<[string, string | undefined, Buffer, string]>([
    ['header', 'text/html; charset=windows-1251', bytes(`<p>${russian}`, 'windows-1251'), russian],
    ['header in quotes', 'text/html; charset="windows-1251"', bytes(`<p>${russian}`, 'windows-1251'), russian],
    ['header in single quotes', "text/html; charset='koi8-r'", bytes(`<p>${russian}`, 'koi8-r'), russian],
    ['header in capitals', 'Text/HTML; Charset=KOI8-R', bytes(`<p>${russian}`, 'koi8-r'), russian],
    ['meta charset', 'text/html', bytes(`<meta charset=koi8-r><p>${russian}`, 'koi8-r'), russian],
    [
      'meta http-equiv',
      'text/html',
      bytes(`<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>${russian}`, 'windows-1251'),
      russian,
    ],
    [
      'meta late',
      'text/html',
      bytes(`<!--${'x'.repeat(9000)}--><meta charset=koi8-r><p>${russian}`, 'koi8-r'),
      russian,
    ],
    [
      'XML declaration',
      'text/xml',
      bytes(
        `<?xml version="1.0" encoding="windows-1251"?><rss><channel><title>${russian}</title></channel></rss>`,
        'windows-1251',
      ),
      russian,
    ],
    [
      'XML declaration of XHTML',
      'application/xhtml+xml',
      bytes(`<?xml version='1.0' encoding='koi8-r'?><html><body><p>${russian}</p></body></html>`, 'koi8-r'),
      russian,
    ],
    ['mark against header', 'text/html; charset=iso-8859-1', Buffer.from(`\ufeff<p>${russian}`), russian],
    ['UTF-16 with a mark', 'text/html', bytes(`\ufeff<p>${russian}`, 'utf-16le'), russian],
    ['UTF-16 by header', 'text/plain; charset=utf-16be', bytes(`one ${russian}`, 'utf-16be'), russian],
    ['UTF-16 without a word', 'text/plain', bytes(`one ${russian}`, 'utf-16le'), russian],
    ['none, UTF-8', 'text/html', Buffer.from(`<p>${russian}`), russian],
    ['none, guessed', 'text/html', bytes(`<p>${russian}`, 'windows-1251'), russian],
    ['none, Shift_JIS', 'text/plain', bytes('これは天気のページです。', 'shift_jis'), 'これは天気のページです。'],
    ['none, GBK', undefined, bytes('这是关于天气的网页。', 'gbk'), '这是关于天气的网页。'],
    ['wrong: Latin for UTF-8', 'text/html; charset=iso-8859-1', Buffer.from('<p>Grüße aus Köln'), 'Grüße aus Köln'],
    [
      'wrong: UTF-8 for Latin',
      'text/html; charset=utf-8',
      bytes('<p>Grüße aus Köln und Düsseldorf', 'windows-1252'),
      'Grüße aus Köln und Düsseldorf',
    ],
    [
      'wrong header, right meta',
      'text/html; charset=utf-8',
      bytes(`<meta charset=windows-1251><p>${russian}`, 'windows-1251'),
      russian,
    ],
    ['wrong: UTF-16 in meta', 'text/html', Buffer.from(`<meta charset=utf-16><p>${russian}`), russian],
    ['unknown label', 'text/html; charset=klingon', Buffer.from(`<p>${russian}`), russian],
    ['label of a database', 'text/html; charset=utf8mb4', Buffer.from(`<p>${russian}`), russian],
    ['two charsets', 'text/html; charset=windows-1251; charset=utf-8', bytes(`<p>${russian}`, 'windows-1251'), russian],
  ])('%s', async (_, type, body, wanted) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const { text } = await site.read({ headers, body });
    expect(text).toContain(wanted);
  });

  test('a guess and a wrong declaration are said; what is certain is not', async () => {
    expect((await site.read({ headers: html, body: bytes(`<p>${russian}`, 'windows-1251') })).text).toContain(
      'windows-1251 is a guess',
    );
    const wrong = await site.read({
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: bytes('<p>Grüße aus Köln', 'windows-1252'),
    });
    expect(wrong.text).toContain('says that its encoding is utf-8, but its bytes are not');
    expect((await site.read({ headers: html, body: '<p>Grüße' })).text).not.toMatch(/guess|encoding/);
  });
});

describe('Content-Type', () => {
  const readme = '# README\n\nplain text here\n';
  test.each([
    'application/octet-stream',
    'binary/octet-stream',
    'application/csv',
    'application/typescript',
    'application/x-tex',
    'application/jsonlines',
    'application/x-subrip',
    'application/x-yaml',
    'application/problem+json',
    'application/x-ndjson',
    'application/vnd.custom',
    'text/markdown',
    'text/csv; header=present',
    'text/yaml',
    'text/x-python',
    'message/rfc822',
    'nonsense',
    'text',
    '',
    '"text/plain"',
    'text/plain, text/plain; charset=utf-8',
    'application/zip',
  ])('text served as "%s" is shown', async (type) => {
    const { failed, content, text } = await site.read({ headers: { 'content-type': type }, body: readme });
    expect([failed, content]).toEqual([false, readme]);
    if (/octet|csv$|tex$|zip/.test(type)) expect(text).toContain(`served as ${type}, but its bytes are text`);
  });

  test('several headers, of which the last counts', async () => {
    const headers = { 'content-type': ['application/octet-stream', 'text/html'] };
    expect((await site.read({ headers, body: '<p>Text' })).content).toBe('Text');
  });

  test.each(['text/plain', 'application/octet-stream', 'application/json', '', 'text/css'])(
    'a page served as "%s" is read as a page',
    async (type) => {
      const body = '<!DOCTYPE html><html><body><h2>Hi</h2></body></html>';
      const { content } = await site.read({ headers: { 'content-type': type }, body });
      expect(content).toBe('## Hi');
      expect((await site.read({ headers: { 'content-type': type }, body }, { raw: true })).content).toBe(body);
    },
  );

  test.each<[string, Buffer]>([
    ['application/octet-stream', Buffer.from('ab\0cd\0\u0001', 'latin1')],
    ['text/plain', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['text/html', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['image/png', Buffer.from('<html>not a picture</html>')],
    ['application/zip', Buffer.from('504b030414000000', 'hex')],
    ['application/pdf', Buffer.from('xxxx')],
  ])('%s with %o is described, not shown', async (type, body) => {
    const { failed, content, text } = await site.read({ headers: { 'content-type': type }, body });
    expect([failed, content]).toEqual([false, '']);
    expect(text).toContain('not text');
  });

  test.each(['{"a_b": [1,\n 2]}', '[\n{"html": "<p>x</p>"}\n]', 'User-agent: *\nDisallow: /a_b\n'])(
    '%j served as a page keeps its lines',
    async (body) => {
      expect((await site.read({ headers: html, body })).content).toBe(body);
    },
  );

  test('nothing is said to be nothing', async () => {
    expect((await site.read({ headers: html, body: '' })).text).toContain('answered 200 with nothing');
    expect((await site.read({ status: 204 })).text).toContain('answered 204 with nothing');
  });
});

describe('forwarding pages', () => {
  const refresh = (content: string, body = '') =>
    `<html><head><meta http-equiv="refresh" content="${content}"></head><body>${body}</body></html>`;
  beforeEach(() => {
    site.pages.set('/target', { headers: html, body: '<p>The target.' });
    site.pages.set('/dir/target', { headers: html, body: '<p>The other target.' });
  });

  test.each([
    '0; url=/target',
    '0;URL=/target',
    "0; url='/target'",
    '0; url=&quot;/target&quot;',
    '0, /target',
    '0;/target',
    '5; URL = /target ',
    '; url=/target',
    '0.5; url=/target',
  ])('"%s" is followed', async (content) => {
    const { text, data } = await site.read({ headers: html, body: refresh(content) });
    expect(text).toContain('The target.');
    expect(data['url']).toBe(`${site.origin}/target`);
  });

  test('so are a header, one without script, and one by a base address', async () => {
    expect((await site.read({ headers: { ...html, refresh: '0; url=/target' }, body: 'x' })).text).toContain(
      'The target.',
    );
    const noscript =
      '<head><noscript><meta http-equiv=refresh content="0;url=/target"></noscript></head><body><script>x</script>';
    expect((await site.read({ headers: html, body: noscript })).text).toContain('The target.');
    const based = `<base href="/dir/">${refresh('0;url=target')}`;
    expect((await site.read({ headers: html, body: based })).text).toContain('The other target.');
  });

  test('a page with text that forwards later, or to itself, is shown', async () => {
    const later = await site.read({ headers: html, body: refresh('30; url=/target', '<p>Stay.') });
    expect(later.text).toMatch(/Stay\.[^]*forwards to .*\/target after 30 s/);
    expect((await site.read({ headers: html, body: refresh('60', '<p>Live.') })).text).toContain('Live.');
    expect((await site.read({ headers: html, body: refresh('0; url=/page', '<p>Loop.') })).text).toContain('Loop.');
    expect(site.requests.filter((url) => url === '/target')).toEqual([]);
  });

  test('a circle ends at the limit of redirects', async () => {
    site.pages.set('/a', { headers: html, body: refresh('0; url=/b') });
    site.pages.set('/b', { status: 302, headers: { location: '/a' } });
    const { text } = await site.fetch('/a');
    expect(text).toContain('was not followed: More than 5 redirects');
    expect(site.requests.length).toBeLessThan(8);
  });

  test.each([
    'http://169.254.169.254/latest/',
    'http://127.0.0.1:1/',
    'http://localhost/',
    'file:///etc/passwd',
    'http://u:p@example.com/',
  ])('what may not be fetched is not followed: %s', async (url) => {
    const { failed, text } = await site.read({ headers: html, body: refresh(`0; url=${url}`, '<p>Words.') });
    expect([failed, text]).toEqual([false, expect.stringContaining('Words.')]);
    expect(site.requests).toEqual(['/page']);
  });

  test('raw shows the forwarding page itself', async () => {
    const body = refresh('0; url=/target');
    expect((await site.read({ headers: html, body }, { raw: true })).content).toBe(body);
  });

  test('a frame and a script that lead elsewhere are told with their addresses', async () => {
    expect((await site.read({ headers: html, body: '<iframe src=/inner></iframe>' })).text).toContain(
      `${site.origin}/inner`,
    );
    expect((await site.read({ headers: html, body: '<script>location="/next"</script>' })).text).toContain(
      `${site.origin}/next`,
    );
  });
});

describe('error pages', () => {
  test.each<[string, number, Record<string, string>, string, string]>([
    [
      'a page',
      404,
      html,
      '<html><head><title>Gone fishing</title></head><body><h1>No such boat</h1></body></html>',
      'Gone fishing',
    ],
    [
      'JSON',
      400,
      { 'content-type': 'application/problem+json' },
      '{"title":"Bad date","detail":"month 13"}',
      'month 13',
    ],
    ['text', 403, plain, 'Your address is blocked.', 'Your address is blocked.'],
    ['nothing', 500, {}, '', 'a fault of its own'],
  ])('%s is told in its own words', async (_, status, headers, body, words) => {
    const { failed, text } = await site.read({ status, headers, body });
    expect([failed, text]).toEqual([true, expect.stringContaining(words)]);
    expect(text).toContain(`answered ${status}`);
    if (body !== '') expect(text).toContain('data and no instructions');
  });

  test('how long it asks to wait is told', async () => {
    const after = (value: string) =>
      site.read({ status: 503, headers: { ...plain, 'retry-after': value }, body: 'busy' });
    expect((await after('120')).text).toContain('wait 120 s (Retry-After)');
    expect((await after('Fri, 31 Dec 2100 23:59:59 GMT')).text).toMatch(
      /wait until 2100-12-31T23:59:59.000Z, in \d+ s/,
    );
    expect((await after('soon')).text).not.toContain('Retry-After');
  });

  test('a long or broken error page costs only itself', async () => {
    const long = await site.read({ status: 500, headers: html, body: `<p>${'word '.repeat(100_000)}` });
    expect(long.text.length).toBeLessThan(1500);
    const broken = await site.read({ status: 500, headers: { ...html, 'content-encoding': 'gzip' }, body: 'plain' });
    expect(broken.text).toContain('answered 500');
    const binary = await site.read({
      status: 404,
      headers: { 'content-type': 'image/png' },
      body: Buffer.from([0, 1]),
    });
    expect(binary.text).toContain('answered 404');
  });
});
