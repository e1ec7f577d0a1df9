import { expect, test } from 'vitest';
import { commandsIn, sectionOf } from './documented.ts';
import { compose, load, nodeIn, runDocumented, until } from './stack.ts';

// Tests the archive as compose.yaml has it, on without any setting: PostgreSQL's image makes it, the worker fills it,
// the cli reads it.

interface Shown {
  outcome: string;
  archived?: boolean;
  journal: { entry: { type: string } }[];
}

/** Runs the cli in a container of its own, as an operator does. */
async function cli(...args: string[]): Promise<string> {
  return (await compose(['run', '--rm', '-T', 'cli', ...args], { timeout: 120_000 })).stdout;
}

const show = async (run: string) => JSON.parse(await cli('jobs', 'show', run, '--json')) as Shown;

/** Makes a run that has ended ten days older than it is. */
function grow(run: string): Promise<string> {
  return nodeIn(
    'worker',
    `import { readFileSync } from 'node:fs';
     import { connectRedis } from '/app/shared/redis/connect.ts';
     import { keys } from '/app/shared/redis/keys.ts';
     const redis = connectRedis(readFileSync('/run/secrets/redis/url', 'utf8'), 'test');
     const at = Date.now() - 10 * 86_400_000;
     await redis.hset(keys.run('${run}'), 'acceptedAt', at, 'endedAt', at);
     await redis.zadd(keys.recent, at, '${run}');
     redis.disconnect();`,
  );
}

async function archive(run: string): Promise<void> {
  await grow(run);
  await until(`${run} is archived`, async () => (await show(run)).archived === true, 240_000);
}

/** Connects from a service with the URL that a file holds, to `database` if given. Returns what PostgreSQL says. */
function query(service: string, file: string, sql: string, database?: string): Promise<string> {
  return nodeIn(
    service,
    `import { readFileSync } from 'node:fs';
     import pg from '/app/node_modules/pg/lib/index.js';
     const url = new URL(readFileSync('${file}', 'utf8'));
     ${database === undefined ? '' : `url.pathname = '/${database}';`}
     const client = new pg.Client({ connectionString: url.href });
     try {
       await client.connect();
       console.log(JSON.stringify((await client.query(${JSON.stringify(sql)})).rows));
     } catch (error) {
       console.log(error.message);
     } finally {
       await client.end();
     }`,
  );
}

test('what is old leaves Redis for the archive, and is found there', { timeout: 600_000 }, async () => {
  await load({ name: 'archived', runs: 2, text: 'query {}' });
  const before = await show('archived-0');
  await archive('archived-0');
  const after = await show('archived-0');
  expect(after.outcome).toBe('answered');
  expect(after.journal).toEqual(before.journal);
  const listed = JSON.parse(await cli('jobs', 'list', '--limit', '500', '--json')) as {
    id: string;
    archived?: boolean;
  }[];
  expect(listed.find(({ id }) => id === 'archived-0')).toMatchObject({ archived: true });
  expect(listed.find(({ id }) => id === 'archived-1')?.archived).toBeUndefined();
  expect(await cli('audit', 'check')).toContain('Each row follows the one before.');
});

test('the tools’ role cannot enter it, nor the archive’s role read what the tools read', async () => {
  const reader = '/run/secrets/postgres-reader/url';
  const words = await query('tool-runner-postgres', reader, 'SELECT question FROM archive.runs', 'dragoman_archive');
  expect(words).toContain('permission denied for database');
  const own = '/run/secrets/archive/url';
  expect(await query('worker', own, "SELECT count(*) > 0 AS some FROM archive.runs WHERE run = 'archived-0'")).toBe(
    '[{"some":true}]',
  );
  expect(await query('worker', own, 'SELECT * FROM orders', 'shop')).toContain('permission denied');
});

test('without it nothing leaves Redis, and it is made by hand as documented', { timeout: 900_000 }, async () => {
  const admin = (sql: string) =>
    compose(['exec', '-T', 'postgres', 'psql', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', 'shop', '-c', sql]);
  await admin('DROP DATABASE dragoman_archive WITH (FORCE)');
  await grow('archived-1');
  const doctor = await compose(['exec', '-T', 'worker', 'node', 'services/cli/main.ts', 'doctor', '--json'], {
    check: false,
  });
  const findings = JSON.parse(doctor.stdout) as { name: string; state: string; mend: string }[];
  expect(findings.find(({ name }) => name === 'archive')).toMatchObject({ state: 'broken' });
  // A complaint shows that the worker has done a round.
  await until(
    'the worker complains',
    async () => {
      const { stdout } = await compose(['logs', '--no-color', '--since', '3m', 'worker']);
      return stdout.includes('archive-runs');
    },
    240_000,
  );
  const { stdout } = await compose([
    'exec',
    '-T',
    'worker',
    'node',
    'services/cli/main.ts',
    'jobs',
    'list',
    '--limit',
    '500',
    '--json',
  ]);
  expect(stdout).toContain('"archived-1"');
  const [make] = commandsIn(sectionOf('ArchiveAway')).filter((command) => command.includes('30-archive.sh'));
  await runDocumented(make ?? 'false');
  await until('it is archived', async () => (await show('archived-1')).archived === true, 240_000);
});
