import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { testFiles, type TestFiles } from './fixture.ts';

/** Swaps `docs` between a directory and a link to `outside`, as fast as the disk allows, until told to stop. */
const SWAPPER = `
  const { workerData, parentPort } = require('node:worker_threads');
  const fs = require('node:fs');
  const { root, stop } = workerData;
  const docs = root + '/docs', aside = root + '/docs-aside';
  let swaps = 0;
  while (Atomics.load(stop, 0) === 0) {
    fs.renameSync(docs, aside);
    try {
      fs.symlinkSync('../outside', docs);
      fs.unlinkSync(docs);
      swaps += 2;
    } catch {} // a write made the directory that was missing for a moment
    for (;;) {
      try {
        fs.renameSync(aside, docs);
        break;
      } catch {
        try { fs.rmSync(docs, { recursive: true, force: true }); } catch {} // written into just now
      }
    }
  }
  parentPort.postMessage(swaps);
`;

const TRIES = 10_000;
/** Keeps the test short on a slow machine; the test asserts that enough tries were made. */
const MAX_MILLISECONDS = 20_000;

async function whileSwapping(files: TestFiles, attempt: (round: number) => Promise<void>) {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(SWAPPER, { eval: true, workerData: { root: files.root, stop } });
  const swaps = new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const deadline = performance.now() + MAX_MILLISECONDS;
  let tries = 0;
  while (tries < TRIES && performance.now() < deadline) {
    await attempt(tries);
    tries += 1;
  }
  Atomics.store(stop, 0, 1);
  return { tries, swaps: await swaps };
}

async function raceFiles(): Promise<TestFiles> {
  const files = await testFiles();
  await mkdir(path.join(files.root, 'docs'));
  await mkdir(path.join(files.base, 'outside'));
  await writeFile(path.join(files.root, 'docs/a.md'), 'inside');
  await writeFile(path.join(files.base, 'outside/a.md'), 'CANARY');
  return files;
}

test(
  '10,000 reads (as many as fit, on a slow machine) while the directory is swapped for a link out: none escapes',
  { timeout: 120_000 },
  async () => {
    await using files = await raceFiles();
    const seen = { inside: 0, refused: 0, missing: 0, escaped: 0 };
    const { tries, swaps } = await whileSwapping(files, async () => {
      const { text } = await files.call('read_file', { path: 'docs/a.md' });
      if (text.includes('CANARY')) seen.escaped += 1;
      else if (text === 'inside') seen.inside += 1;
      else if (text.startsWith('Refused: ')) seen.refused += 1;
      else {
        expect(text).not.toContain('failed inside');
        seen.missing += 1;
      }
    });
    process.stdout.write(`read race: ${tries} tries, ${swaps} swaps, ${JSON.stringify(seen)}\n`);
    expect(seen.escaped).toBe(0);
    expect(swaps).toBeGreaterThan(1000);
    expect(seen.inside).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  },
);

test(
  'writes, edits, moves, listings and searches under the same race leave the outside untouched and unseen',
  { timeout: 120_000 },
  async () => {
    await using files = await raceFiles();
    await writeFile(path.join(files.base, 'outside/only-outside.txt'), 'CANARY');
    const tools: [string, object][] = [
      ['write_file', { path: 'docs/w.txt', content: 'w' }],
      ['edit_file', { path: 'docs/a.md', edits: [{ old_text: 'CANARY', new_text: 'edited' }] }],
      ['create_directory', { path: 'docs/made/here' }],
      ['move_file', { source: 'docs/w.txt', destination: 'docs/moved.txt' }],
      ['move_file', { source: 'docs/moved.txt', destination: 'docs/made/w.txt' }],
      ['list_directory', { path: 'docs' }],
      ['search_files', { path: 'docs', pattern: '*.txt' }],
    ];
    let done = 0;
    const { tries, swaps } = await whileSwapping(files, async (round) => {
      const [tool, args] = tools[round % tools.length] ?? ['', {}];
      const answer = await files.call(tool, args);
      expect(answer.text).not.toContain('only-outside');
      expect(answer.text).not.toContain('failed inside');
      done += answer.failed ? 0 : 1;
    });
    process.stdout.write(`write race: ${tries} tries, ${swaps} swaps, ${done} done\n`);
    expect((await readdir(path.join(files.base, 'outside'))).toSorted()).toEqual(['a.md', 'only-outside.txt']);
    expect(await readFile(path.join(files.base, 'outside/a.md'), 'utf8')).toBe('CANARY');
    expect(done).toBeGreaterThan(20);
  },
);
