import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messages } from './test-summary.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: FileReport[];
}

interface FileReport {
  name: string;
  /** What broke outside the tests. */
  message: string;
  assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
}

/**
 * Runs the suite of a separate vitest configuration, shows it, ends with the line `N passed, N failed`, and sets the
 * exit code. `names` selects the test files whose name contains one of them. Resolves to whether all passed.
 */
export async function runOwnVitest(config: string, names: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-report-'));
  const report = path.join(folder, 'report.json');
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', '--config', config, ...reporters, ...names];
  const child = spawn(path.join(root, 'node_modules/.bin/vitest'), args, { cwd: root, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const counts: Report = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
    : { numPassedTests: 0, numFailedTests: 1, testResults: [] };
  rmSync(folder, { recursive: true, force: true });
  for (const failure of counts.testResults.flatMap(failuresOf)) process.stdout.write(`failed: ${failure}\n`);
  process.stdout.write(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed\n`);
  process.exitCode = code === 0 ? 0 : 1;
  return code === 0;
}

function failuresOf({ name, message, assertionResults }: FileReport): string[] {
  const file = path.relative(root, name);
  const failed = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(
      (test) =>
        `${file} > ${test.fullName}: ${messages((test.failureMessages ?? []).map((text) => ({ message: text })))}`,
    );
  return message === '' ? failed : [...failed, `${file}: ${messages([{ message }])}`];
}
