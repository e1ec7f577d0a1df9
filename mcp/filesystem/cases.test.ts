import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encode } from '#mcp/text/charsets.ts';
import { loadCases, type CaseFile } from '#test/lib/corpora.ts';
import { testCases, understood, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { testFiles } from './fixture.ts';

interface FilesCase extends CaseFile {
  input: { files: Record<string, string> };
}

const vocabulary: Vocabulary = {
  id: 'any',
  why: 'any',
  area: ['filesystem'],
  severity: 'any',
  reference: 'any',
  situation: 'any',
  how_to_run: /^Make these files below FILESYSTEM_ROOT; call the tools/,
  input: { files: { '*': 'any' } },
  expected: /^Read right, or the answer says which encoding was assumed and how to ask for another\./,
  neighbours: { what: 'any', expected: ['read, not "binary"', 'no NUL after each letter'] },
};

/** Bytes of each neighbour, all of the same text. */
const words = 'plain words, слова\n';
const neighbours: Record<string, Buffer> = {
  'UTF-16 without byte order mark': encode(words, 'utf-16le').bytes!,
  'UTF-32 with byte order mark': encode(`\ufeff${words}`, 'utf-32le').bytes!,
};

testCases<FilesCase>({
  name: 'cases of files',
  cases: loadCases<FilesCase>('fs-'),
  vocabulary,
  async run({ input, neighbours: others }) {
    await using files = await testFiles();
    const problems: string[] = [];
    const read = async (name: string, bytes: Buffer) => {
      await writeFile(path.join(files.root, name), bytes);
      return files.call('read_file', { path: name });
    };
    for (const [name, base64] of Object.entries(input.files)) {
      const { text } = await read(name, Buffer.from(base64, 'base64'));
      // Every letter of another alphabet is one that people write, and the guess is said.
      if (!/[\p{Script=Han}\p{Script=Cyrillic}\p{Script=Katakana}]/u.test(text) || !/guess.*encoding=/.test(text))
        problems.push(`${name}: ${text}`);
    }
    for (const { what } of others) {
      const { text } = await read('other.txt', understood(neighbours, what, 'neighbour'));
      if (!text.startsWith(words)) problems.push(`${what}: ${text}`);
    }
    return problems;
  },
});
