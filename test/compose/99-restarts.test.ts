import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeDeath, readDeaths, type Death } from './deaths.ts';
import { docker } from './docker.ts';
import { project, until } from './stack.ts';

// This comes last: whatever the suites before did, no container may have ended by itself. A service that is killed for
// its memory and restarted answers the next question, so no other test would notice.

const canaries = {
  'canary-crash': 'process.exit(3)',
  'canary-memory': 'const all = []; while (true) all.push(Buffer.alloc(1e7, 1))',
};

function nameOf(service: string): string {
  return `${project}-${service}`;
}

function isCanary({ service }: Death): boolean {
  return service in canaries;
}

beforeAll(async () => {
  for (const [service, code] of Object.entries(canaries)) {
    const labels = ['project', 'service'].flatMap((name) => [
      '--label',
      `com.docker.compose.${name}=${name === 'project' ? project : service}`,
    ]);
    const limits = ['--memory', '64m', '--memory-swap', '64m'];
    await docker(
      ['run', '--name', nameOf(service), ...labels, ...limits, 'node:24.21.0-bookworm-slim', 'node', '-e', code],
      {
        check: false,
      },
    );
  }
});

afterAll(() => docker(['rm', '-f', ...Object.keys(canaries).map(nameOf)], { check: false }));

test('the watch notices a crash and a kill for memory', async () => {
  await until('both are written down', async () => Promise.resolve(readDeaths().filter(isCanary).length === 2));
  expect(readDeaths().filter(isCanary)).toMatchObject([
    { service: 'canary-crash', exitCode: 3, outOfMemory: false },
    { service: 'canary-memory', exitCode: 137, outOfMemory: true },
  ]);
});

test('no container ended of its own accord, nor for its memory', async () => {
  const deaths = readDeaths().filter((death) => !isCanary(death));
  expect(deaths.map(describeDeath).join('\n\n'), `${deaths.length} deaths`).toBe('');
});

test('Docker itself has started none anew', async () => {
  const listed = ['ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`];
  const ids = (await docker(listed)).stdout.split('\n').filter(Boolean);
  const format = '{{.Name}} {{.RestartCount}} {{.State.OOMKilled}}';
  const lines = (await docker(['inspect', '-f', format, ...ids])).stdout.split('\n').filter(Boolean);
  expect(lines.length).toBeGreaterThan(10);
  const wrong = lines.filter((line) => !line.includes('canary') && !line.endsWith(' 0 false'));
  expect(wrong).toEqual([]);
});
