import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram } from './lib/stack.ts';

// Runs `npm test` itself as a process, on a machine that lacks what some suites need.

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'dragoman-run-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing was built before, and Go (where it exists) gets no modules. */
function withoutModules(): Record<string, string> {
  const within = (name: string) => path.join(folder, name);
  return {
    XDG_CACHE_HOME: within('cache'),
    GOPROXY: 'off',
    GOPATH: within('go'),
    GOMODCACHE: within('modules'),
    GOCACHE: within('builds'),
  };
}

/** A path with Node and nothing else. */
function bare(): Record<string, string> {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, 'node'));
  return { PATH: bin };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

test('a suite that needs no server runs, and nothing is prepared for it', async () => {
  const { code, stdout } = await startProgram('test/run.ts', ['shared/run/arguments-hash'], { env: withoutModules() })
    .finished;
  expect(lastLine(stdout)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/S3|versitygw|Redis|skipped/);
});

test('suites whose server cannot be built are skipped by name with the reason, and others run', async () => {
  const { code, stdout } = await startProgram('test/run.ts', ['mcp/storage/get-object', 'mcp/storage/names'], {
    env: withoutModules(),
  }).finished;
  expect(stdout).toMatch(
    /skipped: mcp\/storage\/get-object\.test\.ts.* \(\d+ tests\): no S3 server: (Go is not installed|versitygw cannot be built: .*(GOPROXY=off|disabled))/,
  );
  expect(stdout).toMatch(/^S3 server cannot be had, so the suites that need it are skipped: no S3 server/m);
  expect(lastLine(stdout)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  expect(code).toBe(0);
});

test('without Redis the suites that need it are skipped by name, and others run', async () => {
  const { code, stdout } = await startProgram('test/run.ts', ['shared/run/', 'shared/redis/keys'], { env: bare() })
    .finished;
  expect(stdout).toMatch(
    /^skipped: shared\/run\/runs\.test\.ts: redis-server is not installed.*apt-get install redis-server$/m,
  );
  expect(lastLine(stdout)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  expect(code).toBe(0);
});

test('a word that no test file has is named with names near to it, also beside one that fits', async () => {
  const { code, stdout } = await startProgram('test/run.ts', ['shared/redis/kesy']).finished;
  expect(stdout).toMatch(/No test file has "shared\/redis\/kesy" in its name\. Near it: shared\/redis\/keys\.test\.ts/);
  expect({ code, last: lastLine(stdout) }).toEqual({ code: 1, last: '0 passed, 0 failed' });
  const both = await startProgram('test/run.ts', ['shared/redis/keys', 'no-such-suite']).finished;
  expect(both.stdout).toContain('No test file has "no-such-suite" in its name.');
  expect(both.code).toBe(1);
  expect(lastLine(both.stdout)).toMatch(/^[1-9]\d* passed, 0 failed$/);
});
