import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextFreePort } from '#shared/ground/ports.ts';
import { embeddedBinaries } from './binaries.ts';
import { startCluster } from './cluster.ts';
import { startEmbeddedPostgres } from './postgres.ts';

const slow = { timeout: 90_000 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-embedded-'));
  // When we are root, the server runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

test('a first start fills the shop, a second goes on with the same data', slow, async () => {
  const before = process.eventNames().map((name) => process.listenerCount(name));
  const said: string[] = [];
  const options = { dataDir: path.join(folder, 'shop'), log: (line: string) => said.push(line) };
  {
    await using first = await startEmbeddedPostgres(options);
    const [counts] = await query(
      first.url,
      `SELECT (SELECT count(*)::int FROM customers) AS customers, (SELECT count(*)::int FROM products) AS products,
              (SELECT count(*)::int FROM orders) AS orders, (SELECT count(*) > 3000 FROM order_items) AS items,
              (SELECT count(*)::int FROM orders WHERE ordered_at > now()) AS future`,
    );
    expect(counts).toEqual({ customers: 400, products: 24, orders: 2500, items: true, future: 0 });
    await expect(query(first.url, 'DELETE FROM order_items')).rejects.toThrow(/read-only|permission denied/);
    await expect(query(first.url.replace(/\/shop$/, '/postgres'), 'SELECT 1')).rejects.toThrow('permission denied');
    await query(first.adminUrl, `UPDATE products SET stock = 4711 WHERE sku = 'TEA-GYO-050'`);
  }
  await using second = await startEmbeddedPostgres(options);
  expect(await query(second.url, 'SELECT sku FROM products WHERE stock = 4711')).toEqual([{ sku: 'TEA-GYO-050' }]);
  expect(said).toEqual(['Filling the demo database …']);
  expect(statSync(path.join(options.dataDir, 'credentials.json')).mode & 0o777).toBe(0o600);
  // Starting the server must add no handlers: signals and exits belong to the process that calls.
  expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(before);
});

test('a shop that was left half filled is filled anew', slow, async () => {
  const dataDir = path.join(folder, 'shop');
  {
    await using server = await startEmbeddedPostgres({ dataDir });
    await query(server.adminUrl, 'DROP TABLE order_items CASCADE');
    await query(server.adminUrl, 'COMMENT ON DATABASE shop IS NULL');
  }
  await using again = await startEmbeddedPostgres({ dataDir });
  expect(await query(again.url, 'SELECT count(*) > 3000 AS filled FROM order_items')).toEqual([{ filled: true }]);
});

/** Starts a server in a process of its own, which prints the server's URL. */
async function startElsewhere(dataDir: string) {
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(path.join(import.meta.dirname, 'postgres.ts'))};
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.once('SIGTERM', async () => { await server[Symbol.asyncDispose](); process.disconnect(); });
    process.send(server.adminUrl);`;
  const args = ['--input-type=module-typescript', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

test('a starter that is killed leaves a database that the next start takes over', slow, async () => {
  const dataDir = path.join(folder, 'killed');
  const { child, url } = await startElsewhere(dataDir);
  await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using next = await startEmbeddedPostgres({ dataDir });
  expect(await query(next.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  if (next.port !== Number(new URL(url).port)) await expect(query(url, 'SELECT 1')).rejects.toThrow();
});

test('a starter that is told to end leaves nothing behind and exits by itself', slow, async () => {
  const { child, url } = await startElsewhere(path.join(folder, 'killed'));
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  await expect(query(url, 'SELECT 1')).rejects.toThrow();
});

test('a port that is taken is a clear failure', slow, async () => {
  await using first = await startEmbeddedPostgres({ dataDir: path.join(folder, 'killed') });
  const second = startEmbeddedPostgres({ dataDir: path.join(folder, 'shop'), port: first.port });
  await expect(second).rejects.toThrow(/PostgreSQL did not start\..*(in use|password)/s);
});

test.skipIf(process.getuid?.() !== 0)(
  'as root, data that its user cannot reach lies elsewhere, says where, and goes with its folder (root only)',
  slow,
  async () => {
    const closed = mkdtempSync(path.join(folder, 'closed-'));
    const said: string[] = [];
    const options = { dataDir: path.join(closed, 'shop'), log: (line: string) => said.push(line) };
    let place = '';
    try {
      {
        await using server = await startEmbeddedPostgres(options);
        place = /its data lies in (\/\S+)\.$/.exec(said[0] ?? '')?.[1] ?? '';
        expect(existsSync(path.join(place, 'PG_VERSION'))).toBe(true);
        await query(server.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      }
      {
        await using again = await startEmbeddedPostgres(options);
        expect(await query(again.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      }
      rmSync(options.dataDir, { recursive: true });
      await using anew = await startEmbeddedPostgres(options);
      expect(await query(anew.adminUrl, "SELECT to_regclass('kept') AS kept")).toEqual([{ kept: null }]);
    } finally {
      if (place) rmSync(place, { recursive: true, force: true });
    }
  },
);

test('of a server that is killed only that is told', slow, async () => {
  await using cluster = await startCluster({
    binaries: await embeddedBinaries(),
    folder: path.join(folder, 'cluster'),
    port: await nextFreePort(0),
    password: 'secret-for-this-test',
  });
  process.kill(cluster.pid, 'SIGKILL');
  expect(await cluster.gone).toBe('PostgreSQL ended (SIGKILL)');
});
