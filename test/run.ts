import path from 'node:path';
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node';
import { errorText } from '#shared/ground/errors.ts';
import { nearNames } from './lib/near-names.ts';
import { prepare } from './lib/prepare.ts';
import { summarise } from './lib/test-summary.ts';
import { testArguments } from './scripts.ts';

// npm test [-- name …] [--slow] [--redis PATH]: installs what the suites need and runs those that fit into ten minutes,
// those whose file name contains a word, or those that take long. Names what was skipped and why, and ends with the line
// `N passed, N failed`. `--redis`: the Redis or Valkey server that the suites run against.

/** What takes long. */
const slow = [
  'test/memory/',
  'test/recipes/',
  'test/conformance/',
  'test/api/kills.test.ts',
  'test/api/proxies.test.ts',
  'test/discord/catch-up.test.ts',
  'mcp/playwright/life.test.ts',
  'test/discord/deaf.test.ts',
  'test/discord/shards.test.ts',
  'test/discord/tools-shards.test.ts',
  'shared/redis/sentinel.test.ts',
  'shared/redis/replication.test.ts',
  'mcp/filesystem/race.test.ts',
  'mcp/fetch/pdf.test.ts',
  'mcp/timescaledb/',
  'mcp/postgres/ill-server.test.ts',
  'start/old-nodes.test.ts',
  'test/boot/',
  'test/checks/corpus-canary.test.ts',
  'test/discord/ask-user.test.ts',
  'test/discord/busy.test.ts',
  'test/discord/redis-away.test.ts',
  'test/discord/refusals.test.ts',
  'test/e2e/second-start.test.ts',
  'test/e2e/servers.test.ts',
  'test/observability/promtool.test.ts',
  'test/sequences/',
  'test/e2e/discord-tools.test.ts',
  'test/cli/chat-commands.test.ts',
  'test/cli/servers.test.ts',
  'services/tool-runner/leftovers.test.ts',
  'services/worker/housekeeping/rounds.test.ts',
  'services/worker/housekeeping/lost-workers.test.ts',
  'services/playground/page-use.test.ts',
];
/** Hostile pages in a real browser take up to ten minutes; they are run by name, as npm run test:browser does. */
const apart = ['mcp/playwright/corpus.test.ts', 'mcp/playwright/pages.test.ts'];
const isSlow = (file: string) => slow.some((begin) => file.startsWith(begin));

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(filters: string[], onlySlow: boolean): Promise<void> {
  const started = Date.now();
  const vitest = await createVitest({ watch: false, allowOnly: false });
  try {
    const unknown = await unknownFilters(vitest, filters);
    for (const text of unknown) say(text);
    const found = await vitest.globTestSpecifications(filters);
    const byName = filters.length > 0;
    const chosen =
      byName && !onlySlow
        ? found
        : found.filter(({ moduleId }) => {
            const name = nameOf(vitest, moduleId);
            return isSlow(name) === onlySlow && !apart.includes(name);
          });
    if (!byName && !onlySlow) say(`left to npm run test:slow: ${slow.join(', ')}`);
    if (!byName) say(`left to npm run test:browser: ${apart.join(', ')}`);
    const leftOut = await prepare([...new Set(chosen.map(({ moduleId }) => moduleId))], say);
    await runFiles(
      vitest,
      chosen.filter(({ moduleId }) => !leftOut.has(moduleId)),
    );
    const summary = summarise(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
    for (const [file, reason] of leftOut) say(`skipped: ${nameOf(vitest, file)}: ${reason}`);
    for (const { name, tests, reason } of summary.skipped) say(`skipped: ${name} (${tests} tests): ${reason}`);
    for (const name of summary.failures) say(`failed: ${name}`);
    // The same was said before the run, but that is far up by now.
    if (chosen.length > 0) for (const text of unknown) say(text);
    say(`in ${Math.round((Date.now() - started) / 1000)} s`);
    say(`${summary.passed} passed, ${summary.failed} failed`);
    const ran = summary.passed > 0 || leftOut.size > 0 || summary.skipped.length > 0;
    process.exitCode = summary.failed === 0 && unknown.length === 0 && ran ? 0 : 1;
  } finally {
    await vitest.close();
  }
}

/** A sentence for each word that no test file has in its name, with the names that may have been meant. */
async function unknownFilters(vitest: Vitest, filters: string[]): Promise<string[]> {
  const found = await Promise.all(filters.map((filter) => vitest.globTestSpecifications([filter])));
  const unknown = filters.filter((_, at) => found[at]?.length === 0);
  if (unknown.length === 0) return [];
  const all = (await vitest.globTestSpecifications()).map(({ moduleId }) => nameOf(vitest, moduleId));
  return unknown.map((filter) => {
    const near = nearNames(filter, all);
    const hint = near.length === 0 ? '' : ` Near it: ${near.join(', ')}`;
    return `No test file has "${filter}" in its name.${hint}`;
  });
}

async function runFiles(vitest: Vitest, files: TestSpecification[]): Promise<void> {
  if (files.length === 0) return;
  await vitest.standalone();
  await vitest.runTestSpecifications(files, true);
}

function nameOf(vitest: Vitest, file: string): string {
  return file.slice(vitest.config.root.length + 1);
}

const given = testArguments.read(process.argv.slice(2));
if (given) {
  // The processes that run the suites read this.
  if (given.values.redis !== undefined) process.env['REDIS_SERVER'] = path.resolve(given.values.redis);
  await main(given.words, given.values.slow).catch((error: unknown) => {
    say(`${errorText(error)}\n0 passed, 1 failed`);
    process.exitCode = 1;
  });
}
