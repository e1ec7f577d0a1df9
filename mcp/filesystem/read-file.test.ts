import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
const lines = Array.from({ length: 2000 }, (_, index) => `line ${index + 1} é`).join('\n');

beforeAll(async () => {
  files = await testFiles({ FILESYSTEM_MAX_READ_BYTES: 1024 });
  const write = (name: string, content: string | Buffer) => writeFile(path.join(files.root, name), content);
  await write('lines.txt', `${lines}\n`);
  await write('one-line.txt', '漢'.repeat(2000));
  await write('empty.txt', '');
  await write('binary.dat', Buffer.from([0, 1, 2, 255]));
  await write('latin1.txt', Buffer.from([0xe9, 0xfc, 0xf6]));
  await write('utf16.txt', Buffer.from('\ufeffhallo\nwelt\n', 'utf16le'));
  await write('nul-late.txt', `${'text\n'.repeat(3000)}\0`);
  await write('huge.bin', '');
  await truncate(path.join(files.root, 'huge.bin'), 10 * 1024 ** 3);
});

afterAll(() => files[Symbol.asyncDispose]());

test('head and tail give that many lines', async () => {
  expect((await files.call('read_file', { path: 'lines.txt', head: 2 })).text).toBe('line 1 é\nline 2 é\n');
  expect((await files.call('read_file', { path: 'lines.txt', tail: 2 })).text).toBe('line 1999 é\nline 2000 é\n');
});

test('head and tail beyond the limit are cut with a marker', async () => {
  const head = await files.call('read_file', { path: 'lines.txt', head: 1500 });
  expect(head.data).toMatchObject({ truncated: true });
  expect(head.text).toMatch(/\[Cut: bytes 0 to \d+ of \d+ are shown\. Go on with offset=\d+/);
  const tail = await files.call('read_file', { path: 'lines.txt', tail: 1500 });
  expect(tail.data).toMatchObject({ truncated: true });
  expect(tail.text).toContain('what comes before is left out');
});

test.each(['lines.txt', 'one-line.txt'])(
  'the parts of %s, each begun where the last ended, are the whole',
  async (name) => {
    let whole = '';
    let offset = 0;
    for (let part = 0; part < 100; part += 1) {
      const { data, failed } = await files.call('read_file', { path: name, ...(offset > 0 ? { offset } : {}) });
      expect(failed).toBe(false);
      whole += data['content'] as string;
      if (data['truncated'] !== true) break;
      offset = data['to_byte'] as number;
    }
    expect(whole).toBe(name === 'lines.txt' ? `${lines}\n` : '漢'.repeat(2000));
  },
);

test('an empty file is an empty answer', async () => {
  const answer = await files.call('read_file', { path: 'empty.txt' });
  expect(answer).toMatchObject({
    failed: false,
    text: '[The file is empty.]',
    data: { content: '', truncated: false },
  });
});

test('binary data is described, with its first bytes', async () => {
  const { text, data } = await files.call('read_file', { path: 'binary.dat' });
  expect(data).toMatchObject({ kind: 'binary', size_bytes: 4, content: '000102ff', truncated: false });
  expect(text).toContain('cannot be read as text');
});

test('a NUL far into a text never reaches the answer', async () => {
  const { data } = await files.call('read_file', { path: 'nul-late.txt', tail: 1 });
  expect(data).toMatchObject({ kind: 'binary' });
  expect(data['content']).not.toContain('\0');
});

test('other encodings are read as text', async () => {
  expect((await files.call('read_file', { path: 'latin1.txt' })).data).toMatchObject({
    encoding: 'windows-1252',
    content: 'éüö',
  });
  expect((await files.call('read_file', { path: 'utf16.txt' })).data).toMatchObject({
    encoding: 'utf-16le',
    content: 'hallo\nwelt\n',
  });
  expect((await files.call('read_file', { path: 'utf16.txt', tail: 1 })).text).toBe('welt\n');
});

test('ten gigabytes are not read', async () => {
  const before = process.memoryUsage().rss;
  const { data } = await files.call('read_file', { path: 'huge.bin' });
  expect(data).toMatchObject({ kind: 'binary', size_bytes: 10 * 1024 ** 3, truncated: true });
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
});

test('contradicting and impossible arguments are told', async () => {
  expect((await files.call('read_file', { path: 'lines.txt', head: 1, tail: 1 })).text).toContain('only one of');
  expect((await files.call('read_file', { path: 'lines.txt', offset: 1e9 })).text).toContain('past its end');
  expect((await files.call('read_file', { path: 'lines.txt', head: 0 })).text).toContain('Wrong arguments');
  expect((await files.call('read_file', { path: ['a'] })).text).toContain('Wrong arguments');
});

test('a caller that is gone gets nothing read', async () => {
  const answer = await files.call('read_file', { path: 'lines.txt' }, AbortSignal.abort());
  expect(answer).toMatchObject({ failed: true, text: 'read_file was stopped before it finished.' });
});
