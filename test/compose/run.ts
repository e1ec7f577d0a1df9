import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runOwnVitest } from '#test/lib/own-vitest.ts';
import { told } from '#test/lib/told.ts';
import { composeArguments } from '#test/scripts.ts';
import { removeLeftContainers } from './containers.ts';
import { ask, compose, project, runDocumented, trial } from './stack.ts';
import { watchDeaths } from './deaths.ts';
import { docker } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { buildStandIns } from './images/build.ts';
import { ensurePlugins } from './plugins.ts';

// npm run test:compose [-- --keep] [-- name …]: tests the real compose.yaml, from building the images to `down`, and
// prints the time of each step. With names, only test files run whose name contains one. `--keep` uses a stack that is
// up and leaves it up.
const root = path.resolve(import.meta.dirname, '../..');

function say(line: string): void {
  process.stdout.write(`compose: ${line}\n`);
}

interface Chosen {
  names: string[];
  keep: boolean;
}

async function main(chosen: Chosen): Promise<void> {
  const files = testFiles(chosen.names);
  if (files.length === 0) {
    process.stderr.write(
      `No file of test/compose has ${chosen.names.join(' or ')} in its name: ${testFiles([]).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const engine = await ensureEngine(path.join(root, '.dragoman', 'logs'), say);
  if (engine.ready) {
    try {
      await suite(chosen);
    } catch (error) {
      say(String(error));
      say('the stack did not come up');
      process.stdout.write('0 passed, 1 failed\n');
      process.exitCode = 1;
    } finally {
      await engine.stop();
    }
  } else {
    for (const file of files) say(`SKIPPED ${file}: ${engine.why}`);
    process.stdout.write('0 passed, 0 failed\n');
  }
}

async function suite({ names, keep }: Chosen): Promise<void> {
  await told(say, 'docker plugins', () => ensurePlugins(say));
  await told(say, 'base images', async () => {
    const images = (await compose(['config', '--images'])).stdout.split('\n').filter((image) => image !== '');
    await buildStandIns(
      [...images.filter((image) => !/^dragoman(?:-browser)?:/.test(image)), 'node:24.21.0-bookworm-slim'],
      say,
    );
  });
  await told(say, 'docker compose build', () => compose(['build', '-q', 'worker', 'tool-runner-playwright']));
  say(`image size: ${(await docker(['image', 'ls', 'dragoman:local', '--format', '{{.Size}}'])).stdout.trim()}`);
  // Leftovers of an interrupted suite would be taken for this suite's own.
  if (!keep) await compose(['down', '-v', '--remove-orphans']);
  await removeLeftContainers();
  using _ = watchDeaths();
  try {
    await told(say, 'docker compose up, until the first answer', async () => {
      await told(say, `up, until all is healthy, by the documented ${trial}`, () => runDocumented(trial));
      const answer = await ask('Which tables are in the database?');
      if (answer.code !== 0) throw new Error(`no answer: ${answer.stderr}`);
    });
    if (!(await runOwnVitest('test/compose/vitest.config.ts', names))) await tellLogs();
  } catch (error) {
    await tellLogs();
    throw error;
  } finally {
    if (!keep) await told(say, 'docker compose down', () => compose(['down', '-v', '--remove-orphans']));
  }
}

/** The test files that would have run. */
function testFiles(names: readonly string[]): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.ts'));
  return files.filter((file) => names.length === 0 || names.some((name) => file.includes(name))).toSorted();
}

async function tellLogs(): Promise<void> {
  say(`logs of ${project}:`);
  process.stdout.write((await compose(['logs', '--no-color', '--tail', '15'], { check: false })).stdout);
}

const given = composeArguments.read(process.argv.slice(2));
if (given) await main({ names: given.words, keep: given.values.keep });
