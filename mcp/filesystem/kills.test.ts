import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { testFiles } from './fixture.ts';

// What a process leaves that is killed while it edits and moves, at many moments.

const rounds = 12;

/** Edits `a` to `b` and back, and moves the file to and fro, without end. Says when it has begun. */
const endless = `
  const { config, createDomain } = await import(process.argv[1]);
  const { tools } = createDomain(config.parse({ FILESYSTEM_ROOT: process.argv[2] }));
  const context = { signal: new AbortController().signal, progress() {} };
  const call = (name, args) => tools.find((tool) => tool.name === name).call(args, context);
  const long = (letter) => letter.repeat(200_000);
  for (let n = 0; ; n += 1) {
    const [here, there] = n % 2 ? ['y.txt', 'x.txt'] : ['x.txt', 'y.txt'];
    const [old, next] = n % 2 ? ['b', 'a'] : ['a', 'b'];
    for (const answer of [
      await call('edit_file', { path: here, edits: [{ old_text: long(old), new_text: long(next) }] }),
      await call('move_file', { source: here, destination: there }),
    ]) if (answer.isError) { console.error(answer.content[0].text); process.exit(1); }
    if (n === 1) console.log('begun');
  }
`;

test('a killed edit or move leaves the old text or the new one, whole', { timeout: 180_000 }, async () => {
  await using files = await testFiles();
  const whole = ['a', 'b'].map((letter) => letter.repeat(200_000));
  const domain = path.join(import.meta.dirname, 'domain.ts');
  let under = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of await readdir(files.root))
      await files.call('move_file', { source: name, destination: `old-${round}/${name}` });
    await writeFile(path.join(files.root, 'x.txt'), whole[0] ?? '');
    const child = spawn(process.execPath, ['--input-type=module', '-e', endless, domain, files.root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    // Anywhere within an edit or a move, which take some milliseconds each.
    for (const until = performance.now() + ((round * 7) % 23); performance.now() < until;);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const names = (await readdir(files.root)).filter((name) => /^[xy]\.txt$/.test(name));
    expect(names.length).toBeGreaterThan(0);
    if (names.length > 1) {
      under += 1;
      expect(await files.call('move_file', { source: 'x.txt', destination: 'y.txt' })).toMatchObject({ failed: false });
    }
    const [left = ''] = (await readdir(files.root)).filter((name) => /^[xy]\.txt$/.test(name));
    expect(whole).toContain(await readFile(path.join(files.root, left), 'utf8'));
  }
  process.stdout.write(`kills: ${rounds}, under two names: ${under}\n`);
});
