import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { corpusFile } from '#test/lib/corpora.ts';
import { startTestPostgres } from '#test/lib/postgres.ts';
import { testTools } from '../testing/database.ts';

test('probe', async () => {
  await using server = await startTestPostgres();
  const script = readFileSync(corpusFile('sql.setup.sql'), 'utf8');
  const available = new Set((await server.admin('SELECT name FROM pg_available_extensions')).map((row) => row['name']));
  const [first = '', ...parts] = script.split(/^\\c +/m);
  for (const statement of first.split(/(?<=;)\s*$/m).filter((text) => text.trim() !== ''))
    await server.admin(statement);
  for (const part of parts) {
    const [database = '', ...lines] = part.split('\n');
    await server.admin(
      lines
        .join('\n')
        .replaceAll(/CREATE EXTENSION (\w+);/g, (text, name: string) => (available.has(name) ? text : '')),
      database.trim(),
    );
  }
  await server.admin(readFileSync('mcp/postgres/zz/more.sql', 'utf8'), 'shop');
  const url = await server.readOnlyRole('shop', { role: 'agent_ro' });
  await server.admin('REVOKE SELECT ON secrets FROM agent_ro', 'shop');
  const tools = testTools(url, { POSTGRES_STATEMENT_TIMEOUT_MS: 2000 });
  console.log(server.version);
  for (const line of readFileSync('mcp/postgres/zz/probe.sql', 'utf8').split('\n@@\n')) {
    const sql = line
      .replace(/\n$/, '')
      .replaceAll('\\PORT', String(server.port))
      .replaceAll('\\NUL', '\0')
      .replaceAll('\\CR', '\r');
    if (!sql) continue;
    const t = performance.now();
    const [tool, rest] = sql.startsWith('!')
      ? [sql.slice(1, sql.indexOf(' ')), JSON.parse(sql.slice(sql.indexOf(' ')))]
      : ['postgres_query', { query: sql }];
    const a = await tools.call(tool!, rest);
    console.log(
      `${a.failed ? 'FAIL' : 'OK  '} ${Math.round(performance.now() - t)}ms  ${sql.slice(0, 150).replaceAll('\n', '⏎')}\n      => ${a.text.slice(0, 420).replaceAll('\n', ' ⏎ ')} (${a.text.length})`,
    );
  }
  await tools[Symbol.asyncDispose]();
  expect(1).toBe(1);
}, 300_000);
