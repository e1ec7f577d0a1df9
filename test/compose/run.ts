import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { compose, project } from './stack.ts';
import { docker } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { buildStandIns } from './images/build.ts';
import { ensurePlugins } from './plugins.ts';

// npm run test:compose: the real compose.yaml, from building the images to `down`, with the time of each step.
const root = path.resolve(import.meta.dirname, '../..');
const report = path.join(root, '.dragoman', 'compose-report.json');

function say(line: string): void {
  process.stdout.write(`compose: ${line}\n`);
}

async function timed<T>(step: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  say(`${step}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

const engine = await ensureEngine(path.join(root, '.dragoman', 'logs'), say);
if (engine.ready) {
  try {
    await suite();
  } catch (error) {
    say(String(error));
    say('the stack did not come up');
    process.stdout.write('0 passed, 1 failed\n');
    process.exitCode = 1;
  } finally {
    await engine.stop();
  }
} else {
  say(`SKIPPED: ${engine.why}`);
  process.stdout.write('0 passed, 0 failed\n');
}

async function suite(): Promise<void> {
  await timed('docker plugins', () => ensurePlugins(say));
  await timed('base images', async () => {
    const images = (await compose(['config', '--images'])).stdout.split('\n').filter((image) => image !== '');
    await buildStandIns(
      [...images.filter((image) => !image.startsWith('dragoman:')), 'node:24.21.0-bookworm-slim'],
      say,
    );
  });
  await timed('docker compose build', () => compose(['build', '-q', 'worker']));
  say(`image size: ${(await docker(['image', 'ls', 'dragoman:local', '--format', '{{.Size}}'])).stdout.trim()}`);
  // What an interrupted suite left behind would be taken for this one's.
  await compose(['down', '-v', '--remove-orphans']);
  try {
    await timed('docker compose up, until all is healthy', () =>
      compose(['up', '-d', '--wait', '--wait-timeout', '300']),
    );
    await runTests();
    if (process.exitCode) await tellLogs();
  } catch (error) {
    await tellLogs();
    throw error;
  } finally {
    await timed('docker compose down', () => compose(['down', '-v', '--remove-orphans']));
  }
}

async function runTests(): Promise<void> {
  rmSync(report, { force: true });
  const vitest = path.join(root, 'node_modules/.bin/vitest');
  const args = [
    'run',
    '--config',
    'test/compose/vitest.config.ts',
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const child = spawn(vitest, args, { cwd: root, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number })
    : { numPassedTests: 0, numFailedTests: 1 };
  process.exitCode = code === 0 ? 0 : 1;
  process.stdout.write(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed\n`);
}

async function tellLogs(): Promise<void> {
  say(`logs of ${project}:`);
  process.stdout.write((await compose(['logs', '--no-color', '--tail', '15'], { check: false })).stdout);
}
