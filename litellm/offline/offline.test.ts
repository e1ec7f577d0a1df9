import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as discordDomain from '#mcp/discord/domain.ts';
import * as fetchDomain from '#mcp/fetch/domain.ts';
import * as filesystemDomain from '#mcp/filesystem/domain.ts';
import type { Domain } from '#mcp/kit.ts';
import * as postgresDomain from '#mcp/postgres/domain.ts';
import { seedDatabases } from '#mcp/sqlite/demo.ts';
import * as sqliteDomain from '#mcp/sqlite/domain.ts';
import * as storageDomain from '#mcp/storage/domain.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestShop, type TestShop } from '#test/lib/shop.ts';
import { clock, playedTool, realTool, startAsker, type Asker, type OfferedTool } from './testing.ts';

// The tools are real, with real schemas. PostgreSQL and the file system answer; pages and buckets are played.
const played: Record<string, string> = {
  fetch: '# Example Domain\n\nThis domain is for use in examples.',
  minio_list_buckets: 'demo\nreports (read only)',
  minio_list_objects: 'a.txt  12 bytes  2026-11-01T10:00:00.000Z\nreports/b.csv  4096 bytes  2026-11-02T10:00:00.000Z',
  minio_put_object: 'Created "b.txt" in demo (5 bytes).',
  discord_server_info: '{"id":"1","name":"Demo"}',
  discord_list_channels: '#general (1457523995443200030; text): Ask anything\n#data (1457523995443200031; text)',
  discord_read_messages:
    '#general (1457523995443200030): 1 messages, oldest first.\n[2] 2026-11-27T17:31:00Z Ada (3): the release is out',
  discord_search_messages: '1 found, newest first.\n[2 in #general] 2026-11-27T17:31:00Z Ada (3): the release is out',
  discord_post_message: 'Posted in #general (1457523995443200030): https://discord.com/channels/1/2/3',
};

const root = mkdtempSync(path.join(tmpdir(), 'offline-model-'));
const databases = mkdtempSync(path.join(tmpdir(), 'offline-databases-'));
const domains: Domain[] = [];
let shop: TestShop;
let asker: Asker;
let tools: OfferedTool[];

beforeAll(async () => {
  mkdirSync(path.join(root, 'notes'));
  writeFileSync(path.join(root, 'notes', 'welcome.md'), '# Welcome\n\nHello there.\n');
  writeFileSync(path.join(root, 'data.csv'), 'a,b\n1,2\n');
  [shop, asker] = await Promise.all([startTestShop(), startAsker()]);
  await seedDatabases(databases);
  const { createDomain: createFiles, config: files } = filesystemDomain;
  const { createDomain: createDatabase, config: database } = postgresDomain;
  const { createDomain: createStore, config: store } = storageDomain;
  const keys = { S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret-key' };
  domains.push(
    createFiles(files.parse({ FILESYSTEM_ROOT: root })),
    createDatabase(database.parse({ POSTGRES_URL: shop.readerUrl })),
    createStore(store.parse(keys)),
    fetchDomain.createDomain(fetchDomain.config.parse({})),
    discordDomain.createDomain(discordDomain.config.parse({})),
    sqliteDomain.createDomain(sqliteDomain.config.parse({ SQLITE_ROOT: databases })),
  );
  const answers = domains.flatMap((domain) =>
    domain.tools.map((tool) => {
      const text = played[tool.name];
      return text === undefined ? realTool(tool) : playedTool(tool, text);
    }),
  );
  tools = [...answers, clock, ...memory];
}, POSTGRES_START_TIMEOUT_MS);

afterAll(async () => {
  for (const domain of domains) await domain[Symbol.asyncDispose]();
  await asker?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
  for (const folder of [root, databases]) rmSync(folder, { recursive: true });
});

const text = { type: 'string' };
const memory: OfferedTool[] = [
  { name: 'memory_save', description: 'Remembers a fact for later conversations.', properties: { text } },
  { name: 'memory_search', description: 'Finds what was remembered.', properties: { query: text } },
  { name: 'memory_delete', description: 'Deletes one memory by its id.', properties: { id: text } },
].map(({ name, description, properties }) => ({
  wire: { name, description, inputSchema: { type: 'object', properties, required: Object.keys(properties) } as never },
  answer: () => '[1a2b3c4d5e; mine] the coffee is upstairs',
}));

describe('databases', () => {
  test('the tables, and the rows of the largest', async () => {
    const { answer, calls } = await asker.ask(
      'Which tables are in the database, and how many rows has the largest?',
      tools,
    );
    expect(calls).toEqual([{ name: 'postgres_list_tables', arguments: {} }]);
    for (const table of ['customers', 'products', 'orders', 'order_items']) expect(answer).toContain(table);
    const [row] = await shop.admin('SELECT count(*)::int AS n FROM order_items', 'shop');
    expect(answer).toContain(`**public.order_items** with **${Number(row!['n']).toLocaleString('en')} rows**`);
  });

  test('the tables of the other database, when it is named', async () => {
    const { answer, calls } = await asker.ask('Which tables are in the SQLite database?', tools);
    expect(calls).toEqual([{ name: 'list_tables', arguments: { database: 'SQLite' } }]);
    expect(answer).toContain('scores');
  });

  test('how many rows one table has', async () => {
    const { answer } = await asker.ask('How many customers are there?', tools);
    const [row] = await shop.admin('SELECT count(*)::int AS n FROM customers', 'shop');
    expect(answer).toContain(`There are **${Number(row!['n'])}** customers.`);
  });

  test('rows of a table: lists and describes the tables, then queries the one that is meant', async () => {
    const { answer, calls } = await asker.ask('Show me the first 3 products', tools);
    const names = [...new Set(calls.map((call) => call.name))];
    expect(names).toEqual(['postgres_list_tables', 'postgres_describe_table', 'postgres_query']);
    expect(answer).toMatch(/24, of which these are the first 3 products:\n\n\| id \| sku \|/);
    expect(answer.match(/^\| \d/gm)).toHaveLength(3);
  });

  test('SQL is run as it stands', async () => {
    const { answer, calls } = await asker.ask('SELECT count(*) FROM products', tools);
    expect(calls).toEqual([{ name: 'postgres_query', arguments: { query: 'SELECT count(*) FROM products' } }]);
    const [row] = await shop.admin('SELECT count(*)::int AS n FROM products', 'shop');
    expect(answer).toContain(`**${String(row!['n'])}**`);
  });

  test.each(['id', 'id, customer_id', 'id, customer_id, status'])(
    'all rows that the tool gave: %s',
    async (columns) => {
      const { answer } = await asker.ask(`SELECT ${columns} FROM orders ORDER BY id LIMIT 150`, tools);
      expect(answer.match(/^\| [\d,]+ \|/gm)).toHaveLength(150);
    },
  );

  test('columns are described after the table was found', async () => {
    const { answer, calls } = await asker.ask('What columns does orders have?', tools);
    expect(calls.at(-1)).toEqual({ name: 'postgres_describe_table', arguments: { table: 'public.orders' } });
    expect(answer).toContain('customer_id');
  });
});

describe('files', () => {
  test('what is in the workspace', async () => {
    const { answer, calls } = await asker.ask('What files are in the workspace?', tools);
    expect(calls).toEqual([{ name: 'list_directory', arguments: { path: '.' } }]);
    expect(answer).toContain('**data.csv** — 8 bytes');
  });

  test('who is offered nothing that writes is told so', async () => {
    const reading = tools.filter(({ wire: { name } }) => !/write|put|edit|move|create|post|append/.test(name));
    const { answer, calls } = await asker.ask('Write "20 Gyokuro" to notes/order.md', reading);
    expect(calls).toEqual([]);
    expect(answer).toMatch(/^I cannot write that: .*your roles/);
  });

  test('a file is made by the tool for files', async () => {
    const { calls } = await asker.ask('Create a file x.txt with the text hello', tools);
    expect(calls).toEqual([{ name: 'write_file', arguments: { path: 'x.txt', content: 'hello' } }]);
  });

  test('what a file says', async () => {
    const { answer, calls } = await asker.ask('Read notes/welcome.md', tools);
    expect(calls).toEqual([{ name: 'read_file', arguments: { path: 'notes/welcome.md' } }]);
    expect(answer).toContain('> Hello there.');
  });

  test('only as many lines as asked for', async () => {
    const { calls } = await asker.ask('Give me the first 2 lines of notes/welcome.md', tools);
    expect(calls[0]!.arguments).toEqual({ path: 'notes/welcome.md', head: 2 });
  });

  test.each([
    ['Write a file hello.txt saying hi', 'hello.txt', 'hi'],
    ['Save "good morning" to notes/today.md', 'notes/today.md', 'good morning'],
  ])('%s', async (question, file, content) => {
    const { calls } = await asker.ask(question, tools);
    expect(calls).toEqual([{ name: 'write_file', arguments: { path: file, content } }]);
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(content);
  });

  test('search by name', async () => {
    const { answer, calls } = await asker.ask('Find all *.md files', tools);
    expect(calls).toEqual([{ name: 'search_files', arguments: { path: '.', pattern: '*.md' } }]);
    expect(answer).toContain('notes/welcome.md');
  });
});

describe('Discord', () => {
  test.each([
    ["What's trending in #general?", { channel: '#general' }],
    ['What was said in <#1457523995443200030>?', { channel: '<#1457523995443200030>' }],
    ['Summarize the last 20 messages of #general', { channel: '#general' }],
  ])('%s', async (question, wanted) => {
    const { answer, calls } = await asker.ask(question, tools);
    expect(calls[0]).toMatchObject({ name: 'discord_read_messages', arguments: wanted });
    expect(answer).toContain('the release is out');
  });

  test('a search, in a channel or in all', async () => {
    const one = await asker.ask('Search the messages for "release" in #general', tools);
    expect(one.calls).toEqual([
      { name: 'discord_search_messages', arguments: { query: 'release', channel: '#general' } },
    ]);
    const all = await asker.ask('Find messages about the release', tools);
    expect(all.calls).toEqual([{ name: 'discord_search_messages', arguments: { query: 'the release' } }]);
  });

  test('the channels', async () => {
    const { calls } = await asker.ask('Which channels are there?', tools);
    expect(calls).toEqual([{ name: 'discord_list_channels', arguments: {} }]);
  });

  test('a post', async () => {
    const { calls } = await asker.ask('Post the message "We are live" in <#1457523995443200030>', tools);
    const wanted = { channel: '<#1457523995443200030>', content: 'We are live' };
    expect(calls).toEqual([{ name: 'discord_post_message', arguments: wanted }]);
  });
});

describe('memory', () => {
  test('what is to be remembered, and what was', async () => {
    const saved = await asker.ask('Remember that the coffee is upstairs', tools);
    expect(saved.calls).toEqual([{ name: 'memory_save', arguments: { text: 'the coffee is upstairs' } }]);
    const found = await asker.ask('What do you remember about coffee?', tools);
    expect(found.calls).toEqual([{ name: 'memory_search', arguments: { query: 'coffee' } }]);
    expect(found.answer).toContain('the coffee is upstairs');
  });
});

describe('buckets, pages, time', () => {
  test('the buckets', async () => {
    const { answer, calls } = await asker.ask('List the buckets', tools);
    expect(calls).toEqual([{ name: 'minio_list_buckets', arguments: {} }]);
    expect(answer).toContain('**demo**');
  });

  test('one bucket', async () => {
    const { answer, calls } = await asker.ask('What is in bucket demo?', tools);
    expect(calls).toEqual([{ name: 'minio_list_objects', arguments: { bucket_name: 'demo' } }]);
    expect(answer).toContain('**a.txt** — 12 bytes');
  });

  test('every bucket: lists them first, then looks into each', async () => {
    const { calls } = await asker.ask("What's in the buckets?", tools);
    expect(calls.map((call) => call.arguments['bucket_name'])).toEqual([undefined, 'demo', 'reports']);
  });

  test('an object is written where it is said', async () => {
    const { calls } = await asker.ask('Put a file b.txt with the text hello into bucket demo', tools);
    const wanted = { bucket_name: 'demo', object_name: 'b.txt', content: 'hello' };
    expect(calls).toEqual([{ name: 'minio_put_object', arguments: wanted }]);
  });

  test('a page', async () => {
    const { answer, calls } = await asker.ask('Fetch http://example.com/page', tools);
    expect(calls).toEqual([{ name: 'fetch', arguments: { url: 'http://example.com/page' } }]);
    expect(answer).toContain('> This domain is for use in examples.');
  });

  test('the time', async () => {
    const { answer, calls } = await asker.ask('What time is it in Tokyo?', tools);
    expect(calls).toEqual([{ name: 'current_time', arguments: { timezone: 'Asia/Tokyo' } }]);
    expect(answer).toContain('It is **17:16** in Tokyo, Saturday, 21 November 2026');
  });
});

test('a database that is away is named, not the question blamed', async () => {
  const away = 'The database cannot be reached now. Tell the user; trying again at once is unlikely to help.';
  const withoutIt = tools.map((tool) =>
    tool.wire.name.startsWith('postgres_') || tool.wire.name.includes('table') ? { ...tool, answer: () => away } : tool,
  );
  const { answer } = await asker.ask('How many customers live in Germany?', withoutIt);
  expect(answer).toContain('`postgres_list_tables` says: The database cannot be reached now.');
  expect(answer).not.toContain('found none that fits');
});
