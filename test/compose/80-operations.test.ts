import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { docker } from './docker.ts';
import { ask, compose, containerOf, load, nodeIn, project } from './stack.ts';

// The commands of docs/operations.md, as they stand there.

async function rotate(group: string, users: string[]): Promise<void> {
  await compose(['run', '--rm', '-T', 'secrets', 'node', 'services/setup/main.ts', 'secrets', group]);
  await compose(['restart', ...users]);
  await compose(['up', '-d', '--wait', '--no-recreate', '--wait-timeout', '600', ...users]);
}

async function read(service: string, file: string): Promise<string> {
  const code = `import { readFileSync } from 'node:fs'; console.log(readFileSync(${JSON.stringify(file)}, 'utf8'))`;
  return nodeIn(service, code);
}

async function answers(): Promise<void> {
  const done = await ask('Which tables are in the database?');
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toContain('order_items');
}

test.each([
  [
    'signing',
    '/run/secrets/signing/key',
    ['worker', 'tool-runner-postgres', 'tool-runner-storage', 'tool-runner-fetch', 'tool-runner-filesystem'],
  ],
  ['redis', '/run/secrets/redis/url', ['redis', 'worker', 'ingress']],
])('the %s secret is rotated, and questions are answered', async (group, file, users) => {
  const before = await read('worker', file);
  await rotate(group, users);
  expect(await read('worker', file)).not.toBe(before);
  await answers();
});

test('Redis is backed up while it runs, and restored', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-backup-'));
  const volume = `${project}_redis-data`;
  const tar = (mode: string, command: string) =>
    docker([
      'run',
      '--rm',
      '--user',
      '0',
      '-v',
      `${volume}:/data${mode}`,
      '-v',
      `${folder}:/backup`,
      'dragoman:local',
      'sh',
      '-c',
      command,
    ]);
  try {
    await load({ name: 'kept', runs: 3 });
    await compose(['pause', 'redis']);
    await tar(':ro', 'tar czf /backup/redis.tgz -C /data .');
    await compose(['unpause', 'redis']);
    await load({ name: 'since', runs: 1 });
    await compose(['stop', 'redis']);
    await tar('', 'find /data -mindepth 1 -delete && tar xzf /backup/redis.tgz -C /data');
    await compose(['start', 'redis']);
    await compose(['up', '-d', '--wait', '--no-recreate', 'redis', 'worker']);
    expect(await outcome('kept-2')).toBe('answered');
    expect(await outcome('since-0')).toBe('unknown');
    await answers();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function outcome(run: string): Promise<string> {
  const shown = await docker(
    ['exec', await containerOf('load'), 'node', 'services/cli/main.ts', 'jobs', 'show', run, '--json'],
    { check: false },
  );
  if (shown.code !== 0) return 'unknown';
  return (JSON.parse(shown.stdout) as { outcome: string }).outcome;
}
