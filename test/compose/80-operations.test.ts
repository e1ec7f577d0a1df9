import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { docker } from './docker.ts';
import { ask, compose, containerOf, load, nodeIn, project } from './stack.ts';

// The commands of docs/operations.md, as they stand there.

async function read(service: string, file: string): Promise<string> {
  const code = `import { readFileSync } from 'node:fs'; console.log(readFileSync(${JSON.stringify(file)}, 'utf8'))`;
  return nodeIn(service, code);
}

async function answers(): Promise<void> {
  const done = await ask('Which tables are in the database?');
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toContain('order_items');
}

/** Which file of a group shows that it is new, and in whose container. */
const rotated: [group: string, service: string, file: string][] = [
  ['signing', 'worker', '/run/secrets/signing/key'],
  ['redis', 'worker', '/run/secrets/redis/url'],
  ['litellm', 'worker', '/run/secrets/litellm/key'],
  ['postgres-reader', 'tool-runner-postgres', '/run/secrets/postgres-reader/url'],
  ['s3', 'tool-runner-storage', '/run/secrets/s3/secret_key'],
  ['mcp-tokens', 'tool-runner-filesystem', '/run/secrets/mcp-clients/clients.json'],
];
const runners = ['postgres', 'storage', 'fetch', 'filesystem'].map((name) => `tool-runner-${name}`);

test("the stack's own secrets are rotated, and questions are answered", async () => {
  const contents = () => Promise.all(rotated.map(([, service, file]) => read(service, file)));
  const before = await contents();
  const groups = [...rotated.map(([group]) => group), 'litellm-db'];
  await compose(['run', '--rm', '-T', 'secrets', 'node', 'services/setup/main.ts', 'secrets', ...groups]);
  await compose(['exec', '-T', 'postgres', 'bash', '/docker-entrypoint-initdb.d/20-reader.sh']);
  const alter = `echo "ALTER ROLE litellm PASSWORD '$(cat /run/secrets/litellm-db/password)'" | psql -U litellm`;
  await compose(['exec', '-T', 'litellm-db', 'sh', '-c', alter]);
  const users = ['redis', 's3', 'litellm', 'worker', 'ingress', ...runners];
  await compose(['restart', ...users]);
  await compose(['up', '-d', '--wait', '--no-recreate', '--wait-timeout', '600', ...users]);
  for (const [index, now] of (await contents()).entries()) expect(now, rotated[index]?.[0]).not.toBe(before[index]);
  await answers();
  const stored = await ask('What is in the bucket demo?');
  expect(stored.code, stored.stderr).toBe(0);
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
