import { startVitest } from 'vitest/node';
import { errorText } from '#shared/errors.ts';
import { prepare } from './lib/prepare.ts';
import { summarise } from './lib/test-summary.ts';

// npm test [-- name …]: installs what the suites need, runs all of them (or those whose file name contains a word),
// names what was skipped and why, and ends with the line `N passed, N failed`.

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(filters: string[]): Promise<void> {
  const started = Date.now();
  await prepare(say);
  const vitest = await startVitest(filters, { watch: false, allowOnly: false, passWithNoTests: false });
  const summary = summarise(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
  await vitest.close();
  for (const { name, tests, reason } of summary.skipped) say(`skipped: ${name} (${tests} tests): ${reason}`);
  for (const name of summary.failures) say(`failed: ${name}`);
  say(`in ${Math.round((Date.now() - started) / 1000)} s`);
  say(`${summary.passed} passed, ${summary.failed} failed`);
  process.exitCode = summary.failed === 0 && summary.passed > 0 ? 0 : 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  say(`${errorText(error)}\n0 passed, 1 failed`);
  process.exitCode = 1;
}
