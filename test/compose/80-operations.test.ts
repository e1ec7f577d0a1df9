import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { docker } from './docker.ts';
import { commandsIn, sectionOf } from './documented.ts';
import { ask, compose, containerOf, load, nodeIn, runDocumented } from './stack.ts';

// Runs the commands of docs/operations.md as they stand there.

async function read(service: string, file: string): Promise<string> {
  const code = `import { readFileSync } from 'node:fs'; console.log(readFileSync(${JSON.stringify(file)}, 'utf8'))`;
  return nodeIn(service, code);
}

async function answers(): Promise<void> {
  const done = await ask('Which tables are in the database?');
  expect(done.code, done.stderr).toBe(0);
  expect(done.stdout).toContain('order_items');
}

/** Which file of a group shows that the group is new, and in whose container. */
const rotated: [group: string, service: string, file: string][] = [
  ['signing', 'worker', '/run/secrets/signing/key'],
  ['redis', 'worker', '/run/secrets/redis/url'],
  ['litellm', 'worker', '/run/secrets/litellm/key'],
  ['postgres-reader', 'tool-runner-postgres', '/run/secrets/postgres-reader/url'],
  ['archive', 'worker', '/run/secrets/archive/url'],
  ['s3', 'tool-runner-storage', '/run/secrets/s3/secret_key'],
  ['mcp-tokens', 'tool-runner-filesystem', '/run/secrets/mcp-clients/clients.json'],
];

/** The command that `rotate` in the table stands for. */
const rotate = /`rotate` stands for `([^`]+)`/.exec(sectionOf('Rotating secrets'))?.[1] ?? '';
// Discord's token and the model's key do not belong to the stack, Grafana is played, and Open WebUI is not started.
const elsewhere = ['| Grafana', '| Open WebUI'];
const rows = sectionOf('Rotating secrets')
  .split('\n')
  .filter((line) => /^\|.*`rotate /.test(line) && !elsewhere.some((begin) => line.startsWith(begin)));

test(
  "the stack's own secrets are rotated as documented, and questions are answered",
  { timeout: 900_000 },
  async () => {
    const contents = () => Promise.all(rotated.map(([, service, file]) => read(service, file)));
    const before = await contents();
    expect(rows).toHaveLength(rotated.length + 1);
    for (const command of rows.flatMap(commandsIn)) await runDocumented(command.replace(/^rotate/, rotate));
    await compose(['up', '-d', '--wait', '--no-recreate', '--wait-timeout', '600']);
    for (const [index, now] of (await contents()).entries()) expect(now, rotated[index]?.[0]).not.toBe(before[index]);
    await answers();
    const stored = await ask('What is in the bucket demo?');
    expect(stored.code, stored.stderr).toBe(0);
  },
);

test('Redis is backed up while it runs, and restored, as documented', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-backup-'));
  const inFolder = (command: string) => runDocumented(command.replaceAll('redis.tgz', path.join(folder, 'redis.tgz')));
  const all = commandsIn(sectionOf('Backup and restore')).filter((command) => /\bredis\b/.test(command));
  const [backup, restore] = [all.slice(0, 3), all.slice(3)];
  expect(restore).toHaveLength(3);
  try {
    await load({ name: 'kept', runs: 3 });
    for (const command of backup) await inFolder(command);
    await load({ name: 'since', runs: 1 });
    for (const command of restore) await inFolder(command);
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
