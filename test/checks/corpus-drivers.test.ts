import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { corpusFile, loadCorpus } from '#test/lib/corpora.ts';
import { cases, corpora, unplayed } from './corpus-drivers.ts';

// A corpus that no suite reads, or a case that all its suites pass over, would count as passed. So each file and each
// case must have a test; what has none fails here by its name.

const root = path.resolve(import.meta.dirname, '../..');
const nobody = 'nobody-knows-this';

/** Where the files come from that are copied to test/corpora; beside a clone, where it is kept. */
const shared = ['../shared', '../../shared'].map((folder) => path.resolve(root, folder)).find(existsSync);

interface Listed {
  name: string;
  file: string;
}

let folder: string;
let listed: Listed[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-drivers-'));
  cpSync(corpusFile(''), folder, { recursive: true });
  // Each corpus gets a case of a kind that nobody can know: some suite must take it, to fail for it.
  for (const name of Object.keys(corpora)) {
    const file = path.join(folder, name);
    const content = JSON.parse(readFileSync(file, 'utf8')) as { cases: object[] };
    content.cases.push({ id: nobody, why: 'nobody knows', category: 'weather', direction: 'sideways', behaviour: {} });
    writeFileSync(file, JSON.stringify(content));
  }
  listed = await listTests([
    ...new Set([...Object.values(corpora).flat(), ...Object.values(cases).map(({ file }) => file)]),
  ]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listTests(files: string[]): Promise<Listed[]> {
  const output = path.join(folder, 'list.json');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const child = spawn(
    path.join(root, 'node_modules/.bin/vitest'),
    ['list', '--no-static-parse', `--json=${output}`, ...files],
    { cwd: root, env: { ...env, DRAGOMAN_CORPORA: folder }, stdio: 'ignore' },
  );
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(readFileSync(output, 'utf8')) as Listed[];
}

function testsIn(file: string): string[] {
  return listed.filter((each) => each.file === path.join(root, file)).map((each) => each.name);
}

function filesIn(directory: string | undefined): string[] {
  if (directory === undefined || !existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

const ownCorpora = filesIn(corpusFile(''));
const ownCases = filesIn(corpusFile('cases'));

test.each(ownCorpora)('%s is played by a suite, or says why by none', (name) => {
  expect(Object.keys({ ...corpora, ...unplayed })).toContain(name);
});

test.each(Object.entries(corpora))(
  'each case of %s has a test of its name, and so has one that nobody knows',
  (name, files) => {
    const names = files.flatMap(testsIn);
    const ids = [...loadCorpus(name).cases.map(({ id }) => id), nobody];
    expect(ids.filter((id) => !names.some((each) => each.includes(`${id}: `)))).toEqual([]);
  },
);

test.each(ownCases.map((name) => path.parse(name).name))('the case %s is played by a suite', (id) => {
  const driver = cases[id];
  expect(driver, 'no suite is named in test/checks/corpus-drivers.ts').toBeDefined();
  expect(testsIn(driver!.file).filter((name) => name.includes(driver!.tests)).length).toBeGreaterThan(0);
});

describe.runIf(shared !== undefined)('what lies beside the clone', () => {
  test.each(filesIn(shared && path.join(shared, 'corpora')))('the corpus %s is here, or says why not', (name) => {
    expect(Object.keys({ ...corpora, ...unplayed })).toContain(name);
    if (!(name in corpora)) return;
    const read = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { cases: { id: string }[] }).cases;
    const own = new Map(read(corpusFile(name)).map((entry) => [entry.id, entry]));
    const other = read(path.join(shared!, 'corpora', name));
    expect(
      other.filter((entry) => JSON.stringify(own.get(entry.id)) !== JSON.stringify(entry)).map(({ id }) => id),
    ).toEqual([]);
  });

  test.each(filesIn(shared && path.join(shared, 'cases')))('the case %s is here as it is there', (name) => {
    const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
    expect(ownCases).toContain(name);
    expect(read(corpusFile(`cases/${name}`))).toEqual(read(path.join(shared!, 'cases', name)));
  });
});
