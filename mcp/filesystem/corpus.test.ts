import { execFileSync } from 'node:child_process';
import { chmod, chown, link, mkdir, open, readFile, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode } from '#mcp/text/charsets.ts';
import { detect } from '#mcp/text/detect.ts';
import { loadCorpus, type Corpus, type CorpusCase } from '#test/lib/corpora.ts';
import { assertUnderstood, described, testCases, type Vocabulary } from '#test/lib/corpus-cases.ts';
import { testFiles, type Answer, type TestFiles } from './fixture.ts';

type Verdict = 'allow' | 'block' | 'error' | 'truncate';

interface PathCase extends CorpusCase {
  op: string;
  input: unknown;
  expect: Verdict;
  accept?: Verdict[];
  harness?: string;
  contentBytes?: number;
}

interface SetupStep {
  do: string;
  path: string;
  text?: string;
  target?: string;
  bytes?: number;
  base64?: string;
  lines?: number;
  oneLineBytes?: number;
  mode?: string;
  count?: number;
}

const CANARY = 'CANARY-PATH';
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Root may read anything, which would hide mistakes. So under root, the tools and the setup run as nobody. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (!isRoot) return work();
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

const steps: Record<string, (full: string, step: SetupStep, base: string) => Promise<unknown>> = {
  mkdir: (full) => mkdir(full, { recursive: true }),
  write: (full, step) => writeFile(full, step.text ?? ''),
  symlink: (full, step, base) => symlink((step.target ?? '').replace('${ROOT}', path.join(base, 'workspace')), full),
  hardlink: (full, step, base) => link(path.join(base, step.target ?? ''), full),
  fifo: (full) => Promise.resolve(execFileSync('mkfifo', [full])),
  socket: (full) => new Promise((resolve) => sockets.push(net.createServer().listen(full, () => resolve(undefined)))),
  sparse: async (full, step) => {
    await writeFile(full, '');
    await truncate(full, step.bytes ?? 0);
  },
  bytes: (full, step) =>
    writeFile(
      full,
      step.base64 === undefined
        ? Buffer.from(Array.from({ length: step.bytes ?? 0 }, (_, at) => at % 256))
        : Buffer.from(step.base64, 'base64'),
    ),
  text: (full, step) =>
    writeFile(
      full,
      step.oneLineBytes === undefined
        ? Array.from({ length: step.lines ?? 0 }, (_, at) => `line ${at}\n`).join('')
        : 'x'.repeat(step.oneLineBytes),
    ),
  chmod: async (full, step) => {
    await writeFile(full, CANARY, { flag: 'a' });
    await chmod(full, Number.parseInt(step.mode ?? '', 8));
  },
  manyfiles: async (full, step) => {
    await mkdir(full);
    for (let at = 0; at < (step.count ?? 0); at += 1) await (await open(path.join(full, `${at}.txt`), 'w')).close();
  },
};
const sockets: net.Server[] = [];

/** The tool that does what a case's operation asks. Nobody can do an operation that has no tool. */
const toolFor: Record<string, string> = {
  read: 'read_file',
  list: 'list_directory',
  write: 'write_file',
  move: 'move_file',
};
const withoutTool = ['delete', 'delete-recursive'];

const verdicts = ['allow', 'block', 'error', 'truncate'];
const vocabulary: Vocabulary = {
  ...described,
  op: [...Object.keys(toolFor), ...withoutTool],
  input: 'any',
  expect: verdicts,
  accept: verdicts,
  harness: ['race-swap-dir'],
  contentBytes: 'any',
  // What other implementations say of the path, and a hint for people.
  reference: 'any',
  format: ['text-or-binary'],
};
const stepFields: Vocabulary = {
  path: 'any',
  text: 'any',
  target: 'any',
  bytes: 'any',
  base64: 'any',
  lines: 'any',
  oneLineBytes: 'any',
  mode: 'any',
  count: 'any',
  note: 'any',
};
const corpus = loadCorpus<PathCase>('paths.json') as Corpus<PathCase> & { setup: SetupStep[] };

function argsOf(entry: PathCase, root: string): Record<string, unknown> {
  if (entry.op === 'move') {
    const [source, destination] = entry.input as string[];
    return { source, destination };
  }
  const path = typeof entry.input === 'string' ? entry.input.replaceAll('${ROOT}', root) : entry.input;
  if (entry.op !== 'write') return { path };
  // Each character takes three bytes: a gigabyte of one-byte characters is more than a string can hold.
  return { path, content: entry.contentBytes === undefined ? 'written' : '漢'.repeat(entry.contentBytes / 3) };
}

function verdictOf(answer: Answer): Verdict {
  if (!answer.failed) return answer.data['truncated'] === true ? 'truncate' : 'allow';
  return /^(Refused: |Wrong arguments|There is no tool named )/.test(answer.text) ? 'block' : 'error';
}

describe('paths corpus', () => {
  let files: TestFiles;
  let outside: string;

  beforeAll(async () => {
    // What guesses and decodes is loaded when it is first needed; nobody cannot load it from a clone that only root enters.
    await detect(Buffer.from('Das Menü: Käse, Brötchen, süßer Tee', 'latin1'));
    decode(Buffer.from('Tee\0\0\0'), 'utf-32le');
    files = await testFiles();
    for (const folder of isRoot ? [files.base, files.root] : []) await chown(folder, NOBODY, NOBODY);
    await unprivileged(async () => {
      for (const step of corpus.setup) await runStep(step);
      // The race cases read a file of this name from the directory that is swapped in.
      await writeFile(path.join(files.base, 'outside/a.md'), CANARY);
    });
    outside = await snapshotOutside();
  }, 120_000);

  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await files[Symbol.asyncDispose]();
  });

  async function runStep(step: SetupStep) {
    const full = path.join(files.base, step.path);
    // An unknown step fails in a test of its own, and does not take all cases with it.
    await steps[step.do]?.(full, step, files.base);
  }

  /** Everything that lies beside the root. No case may change it. */
  async function snapshotOutside(): Promise<string> {
    const texts: string[] = [];
    for (const entry of await readdir(files.base, { withFileTypes: true })) {
      const full = path.join(files.base, entry.name);
      const within = entry.isDirectory() && entry.name !== 'workspace' ? await readdir(full) : [];
      for (const name of within) texts.push(`${entry.name}/${name}: ${await readFile(path.join(full, name), 'utf8')}`);
      texts.push(`${entry.name}: ${entry.isFile() ? await readFile(full, 'utf8') : 'directory'}`);
    }
    return texts.toSorted().join('\n');
  }

  async function run(entry: PathCase): Promise<Answer> {
    const args = argsOf(entry, files.root);
    const call = () => unprivileged(() => files.call(toolFor[entry.op] ?? entry.op, args));
    if (entry.harness !== 'race-swap-dir') return call();
    const docs = path.join(files.root, 'docs');
    let last = await call();
    // These are swaps between two calls; race.test.ts has those within a call.
    for (let round = 0; round < 20; round += 1) {
      execFileSync('sh', ['-c', 'mv "$1" "$1.aside" && ln -s ../outside "$1"', 'sh', docs]);
      const swapped = await call();
      if (!swapped.failed) last = swapped;
      execFileSync('sh', ['-c', 'rm "$1" && mv "$1.aside" "$1"', 'sh', docs]);
    }
    return last;
  }

  testCases<PathCase>({
    name: 'paths',
    cases: corpus.cases,
    vocabulary,
    async run(entry) {
      const before = process.memoryUsage().rss;
      const answer = await run(entry);
      const verdict = verdictOf(answer);
      const shown = JSON.stringify(answer);
      const problems = [
        [entry.expect, ...(entry.accept ?? [])].includes(verdict)
          ? undefined
          : `${verdict}, not ${entry.expect}: ${answer.text.slice(0, 200)}`,
        shown.includes(CANARY) ? 'shows the canary' : undefined,
        answer.failed && shown.includes(files.base) && !String(entry.input).includes('${ROOT}')
          ? `shows a host path: ${answer.text}`
          : undefined,
        process.memoryUsage().rss - before > 64 * 1024 ** 2 ? 'took more than 64 MB' : undefined,
        (await snapshotOutside()) === outside ? undefined : 'changed something outside',
      ];
      return problems.filter((problem) => problem !== undefined);
    },
  });

  const refusedPaths = corpus.cases.filter(({ op, input, expect: wanted, contentBytes }) => {
    const isPath = ['read', 'list', 'write'].includes(op) && contentBytes === undefined;
    return isPath && typeof input === 'string' && wanted === 'block';
  });

  test.each(refusedPaths.map((entry) => [entry.id, entry] as const))(
    '%s is refused for edits, moves and new directories too',
    async (_, entry) => {
      const { path: given } = argsOf(entry, files.root);
      const calls: [string, object][] = [
        ['edit_file', { path: given, edits: [{ old_text: 'CANARY', new_text: 'changed' }] }],
        ['move_file', { source: given, destination: 'stolen.txt' }],
        ['move_file', { source: 'docs/deep/er/x.json', destination: given }],
        ['create_directory', { path: given }],
      ];
      for (const [tool, args] of calls) {
        const answer = await unprivileged(() => files.call(tool, args));
        expect(answer, tool).toMatchObject({ failed: true });
        expect(answer.text, tool).not.toMatch(/CANARY|failed inside/);
      }
      expect(await snapshotOutside()).toBe(outside);
    },
  );

  test.each(corpus.setup.map((step) => [`${step.do} ${step.path}`, step] as const))(
    'the setup %s is known',
    (_, step) => assertUnderstood(step, { ...stepFields, do: Object.keys(steps) }),
  );

  test('as somebody who is not root, a file without permission is an error without host paths', async () => {
    const answer = await unprivileged(() => files.call('read_file', { path: 'noperm.txt' }));
    expect(answer).toMatchObject({ failed: true, text: expect.stringContaining('no permission for "noperm.txt"') });
  });

  test('a directory of twenty thousand files is listed in part', async () => {
    const { data } = await files.call('list_directory', { path: 'many' });
    expect(data).toMatchObject({ total: 20_000, truncated: true });
  });
});
