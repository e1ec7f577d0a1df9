import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '#mcp/text/charsets.ts';
import { testFiles, type TestFiles } from './fixture.ts';

let files: TestFiles;
beforeAll(async () => {
  files = await testFiles();
});
afterAll(() => files[Symbol.asyncDispose]());

const put = (name: string, bytes: Buffer | string) => writeFile(path.join(files.root, name), bytes);
const read = (name: string, more: object = {}) => files.call('read_file', { path: name, ...more });
const write = (name: string, content: string, more: object = {}) =>
  files.call('write_file', { path: name, content, ...more });
const bytesOf = (name: string) => readFile(path.join(files.root, name));

/** Bytes of `fs-02-legacy-encodings`. */
test.each([
  ['gbk.txt', '1tDOxM7Esb7E2sjdCg==', '中文文本内容\n'],
  ['sjis.txt', 'k/qWe4zqgsyDZYNMg1iDZwo=', '日本語のテキスト\n'],
  ['cp1251.txt', 'z/Do4uXyIOzo8Ao=', 'Привет мир\n'],
])('%s is read right, and the guess said', async (name, base64, text) => {
  await put(name, Buffer.from(base64, 'base64'));
  const answer = await read(name);
  expect(answer.data['content']).toBe(text);
  expect(answer.text).toMatch(/is a guess.*encoding=/);
});

const samples: [charset: string, text: string][] = [
  ['utf-8', 'Grüße, 漢字, привет, 🙂\n'],
  ['gb18030', '今天天气很好,我们去公园散步吧。\n'],
  ['gbk', '姓名,数量\n张三,3\n李四,5\n'],
  ['big5', '繁體中文的文字內容\n'],
  ['shift_jis', '名前,数量\n田中,3\n'],
  ['euc-jp', 'こんにちは、世界。\n'],
  ['euc-kr', '안녕하세요 세계\n'],
  ['koi8-r', 'Заметки: купить хлеб\n'],
  ['windows-1251', 'Имя;Количество\nИван;3\n'],
  ['ibm866', 'привет мир, как дела\n'],
  ['windows-1250', 'Dzień dobry, proszę o rachunek. Dziękuję bardzo.\n'],
  ['windows-1252', 'L’été dernier, j’ai mangé à l’hôtel – 5 €.\n'],
  ['windows-1252', 'Müller;Köln\nJäger;Düsseldorf\n'],
  ['windows-1253', 'Καλημέρα κόσμε\n'],
  ['windows-1254', 'Türkçe karakterler: ğ, ş, ı, İ ve ç. Bugün hava çok güzel.\n'],
  ['windows-1255', 'שלום עולם\n'],
  ['windows-1256', 'مرحبا بالعالم\n'],
  ['utf-16le', 'plain text\n'],
  ['utf-16be', 'привет, мир\n'],
  ['utf-16le', '日本語テキスト\n'],
  ['utf-32le', 'plain text\n'],
  ['utf-32be', 'Grüße\n'],
];

test.each(samples)('%s without a mark: %j', async (charset, text) => {
  await put('sample.txt', encode(text, charset).bytes!);
  expect((await read('sample.txt')).data).toMatchObject({ kind: 'text', content: text });
});

test.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'])('%s with a mark', async (charset) => {
  await put('marked.txt', encode('\ufeffGrüße\n漢字\n', charset).bytes!);
  const { data, text } = await read('marked.txt');
  expect([data['content'], text]).toEqual(['Grüße\n漢字\n', 'Grüße\n漢字\n']);
  expect((await read('marked.txt', { tail: 1 })).text).toBe('漢字\n');
});

test('ISO-2022-JP', async () => {
  await put('jis.txt', Buffer.from('1b2442467c4b5c386c1b28420a', 'hex'));
  expect((await read('jis.txt')).text).toBe('日本語\n');
});

test('lines of two encodings are both read, and that is said', async () => {
  await put('mixed.log', Buffer.concat([Buffer.from('Café\n日本\n'), encode('Müller\nÜber\n', 'windows-1252').bytes!]));
  const { data, text } = await read('mixed.log');
  expect(data['content']).toBe('Café\n日本\nMüller\nÜber\n');
  expect(text).toContain('mix of utf-8 and windows-1252');
});

test('a damaged place in UTF-8 costs itself and is said', async () => {
  const good = 'Überall schöne Wörter für größere Häuser\n';
  await put('damaged.txt', Buffer.concat([Buffer.from(good), Buffer.from([0xff]), Buffer.from(good)]));
  const { text } = await read('damaged.txt');
  expect(text).toMatch(/^Überall[^]*\ufffdÜberall[^]*1 place is not valid utf-8/);
});

test('an encoding that begins late is seen', async () => {
  await put(
    'late.txt',
    Buffer.concat([Buffer.from('ascii line\n'.repeat(2000)), encode('привет мир\n', 'koi8-r').bytes!]),
  );
  expect((await read('late.txt')).text).toContain('привет мир');
});

test('another encoding can be asked for, and a wrong name is told', async () => {
  await put('asked.txt', Buffer.from('cfd0e8', 'hex'));
  expect((await read('asked.txt', { encoding: 'windows-1251' })).text).toBe('ПРи'.replace('Р', 'Р'));
  expect((await read('asked.txt', { encoding: 'cp850' })).data['encoding']).toBe('cp850');
  expect(await read('asked.txt', { encoding: 'base64' })).toMatchObject({ failed: true });
  expect((await read('asked.txt', { encoding: 'utf9' })).text).toContain('such as utf-8, windows-1251');
});

test('binary data is described by its kind', async () => {
  await put('doc.pdf', '%PDF-1.7\n%âãÏÓ\n1 0 obj');
  await put('data.bin', Buffer.from([1, 2, 3, 0, 255, 254]));
  expect((await read('doc.pdf')).text).toContain('is a PDF document, ');
  expect((await read('data.bin')).text).toContain('is binary, 6 bytes');
});

describe('writing keeps how a file is written', () => {
  test.each([
    ['windows-1251', 'Имя\nИван\n', 'Имя\nПётр\n'],
    ['gb18030', '姓名,数量\n张三,3\n', '姓名,数量\n李四,3\n'],
    ['shift_jis', 'こんにちは、世界。\n', 'こんばんは、世界。\n'],
    ['windows-1252', 'Müller;Köln\nJäger;Düsseldorf\n', 'Müller;Köln\n'],
  ])('%s', async (charset, before, after) => {
    await put('keep.txt', encode(before, charset).bytes!);
    const { text } = await write('keep.txt', after);
    expect(await bytesOf('keep.txt')).toEqual(encode(after, charset).bytes);
    expect(text).toContain('keeps its encoding');
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le'])('the mark of %s', async (charset) => {
    await put('keep.txt', encode('\ufeffone\n', charset).bytes!);
    expect((await write('keep.txt', 'two\n')).text).toContain('byte order mark');
    expect(await bytesOf('keep.txt')).toEqual(encode('\ufefftwo\n', charset).bytes);
  });

  test.each([
    ['CRLF', 'a\r\nb\r\n', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n'],
    ['old Mac', 'a\rb\r', 'a\nc\n', 'a\rc\r'],
    ['LF', 'a\nb\n', 'a\nc\n', 'a\nc\n'],
    ['what the writer says', 'a\nb\n', 'a\r\nc\r\n', 'a\r\nc\r\n'],
    ['mixed', 'a\r\nb\nc\r\nd\ne\r\n', 'a\nb\nX\nd\ne\n', 'a\r\nb\nX\r\nd\ne\r\n'],
    ['mixed, lines added', 'a\r\nb\nc\r\n', 'a\nnew\nb\nc\n', 'a\r\nnew\r\nb\nc\r\n'],
    ['no end at the end', 'a\r\nb', 'a\nc', 'a\r\nc'],
  ])('line ends: %s', async (_, before, after, expected) => {
    await put('ends.txt', before);
    await write('ends.txt', after);
    expect((await bytesOf('ends.txt')).toString()).toBe(expected);
  });

  test('a text that the encoding lacks letters for is refused, and can be written as asked', async () => {
    const old = encode('привет мир\n', 'windows-1251').bytes!;
    await put('old.txt', old);
    const { failed, text } = await write('old.txt', 'привет 世界\n');
    expect([failed, text]).toEqual([true, expect.stringMatching(/windows-1251, which has no 世 界.*encoding="utf-8"/)]);
    expect(await bytesOf('old.txt')).toEqual(old);
    expect((await write('old.txt', 'привет 世界\n', { encoding: 'utf-8' })).failed).toBe(false);
    expect((await bytesOf('old.txt')).toString()).toBe('привет 世界\n');
  });

  test('a new file is UTF-8, or what was asked', async () => {
    await write('new.txt', 'ü\n');
    expect(await bytesOf('new.txt')).toEqual(Buffer.from('ü\n'));
    await write('new16.txt', 'ü\n', { encoding: 'utf-16le' });
    expect(await bytesOf('new16.txt')).toEqual(encode('\ufeffü\n', 'utf-16le').bytes);
  });
});
