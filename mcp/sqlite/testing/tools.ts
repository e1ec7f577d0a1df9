import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Domain } from '#mcp/kit.ts';
import { config, createDomain } from '../domain.ts';

export interface Answer {
  failed: boolean;
  text: string;
  data: Record<string, unknown>;
}

export interface TestDatabases extends AsyncDisposable {
  domain: Domain;
  /** The folder of the databases, below a folder of its own. */
  root: string;
  base: string;
  call(tool: string, args?: unknown, signal?: AbortSignal): Promise<Answer>;
  read(query: string, database?: string): Promise<Answer>;
  write(query: string, database?: string): Promise<Answer>;
  /** Runs statements on a file directly, as its owner would. */
  owner(sql: string, file?: string): Record<string, unknown>[];
}

/** The domain over a fresh folder, called as the server calls it. For tests. */
export async function testDatabases(settings: Record<string, unknown> = {}): Promise<TestDatabases> {
  const base = await mkdtemp(path.join(tmpdir(), 'dragoman-sqlite-'));
  const root = path.join(base, 'databases');
  await mkdir(root);
  const domain = createDomain(config.parse({ SQLITE_ROOT: root, ...settings }));
  async function call(name: string, args: unknown = {}, signal = new AbortController().signal): Promise<Answer> {
    const tool = domain.tools.find((candidate) => candidate.name === name);
    if (!tool) throw new Error(`there is no tool ${name}`);
    const result = await tool.call(args, { signal, progress: () => undefined });
    const [first] = result.content;
    const text = first?.type === 'text' ? first.text : '';
    return { failed: result.isError === true, text, data: (result.structuredContent ?? {}) as Answer['data'] };
  }
  const named = (query: string, database?: string) => ({ query, ...(database !== undefined && { database }) });
  return {
    domain,
    root,
    base,
    call,
    read: (query, database) => call('read_query', named(query, database)),
    write: (query, database) => call('write_query', named(query, database)),
    owner(sql, file = 'shop.db') {
      using db = new DatabaseSync(path.join(root, file));
      const statements = sql.split(/;\s*\n/).filter((each) => each.trim() !== '');
      for (const statement of statements.slice(0, -1)) db.exec(statement);
      return db.prepare(statements.at(-1)!).all();
    },
    async [Symbol.asyncDispose]() {
      await domain[Symbol.asyncDispose]();
      await rm(base, { recursive: true, force: true });
    },
  };
}
