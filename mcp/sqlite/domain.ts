import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Domain } from '#mcp/kit.ts';
import { createBackend } from './backend.ts';
import { memoOf } from './insights.ts';
import { appendInsight, memoUri } from './tools/append-insight.ts';
import { createTable } from './tools/create-table.ts';
import { describeTable } from './tools/describe-table.ts';
import { listTables } from './tools/list-tables.ts';
import { readQuery } from './tools/read-query.ts';
import { writeQuery } from './tools/write-query.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  SQLITE_ROOT: z
    .string()
    .min(1)
    .default('/databases')
    .refine((root) => path.resolve(root) !== '/', 'must be a folder below /, not / itself')
    .meta({
      description: 'Folder whose SQLite database files the tools may use; its folders and links are not entered',
    }),
  SQLITE_STATEMENT_TIMEOUT_MS: whole()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('Longest run of one SQLite statement, in milliseconds'),
  SQLITE_MAX_ROWS: whole().min(1).max(10_000).default(200).describe('Most rows of one answer'),
  SQLITE_MAX_BYTES: whole().min(2_000).max(5_000_000).default(60_000).describe('Most bytes of values in one answer'),
  SQLITE_MAX_CELL_CHARS: whole().min(40).max(1_000_000).default(4_000).describe('Most characters of one value'),
  SQLITE_PROCESSES: whole()
    .min(1)
    .max(16)
    .default(2)
    .describe('Most statements that run at once, each in a process of its own; further ones wait'),
});

/** The tools over the SQLite databases of one folder. Statements run in processes that can be ended. */
export function createDomain(values: z.output<typeof config>): Domain {
  const backend = createBackend({
    root: path.resolve(values.SQLITE_ROOT),
    timeoutMs: values.SQLITE_STATEMENT_TIMEOUT_MS,
    limits: {
      maxRows: values.SQLITE_MAX_ROWS,
      maxBytes: values.SQLITE_MAX_BYTES,
      maxCell: values.SQLITE_MAX_CELL_CHARS,
    },
    processes: values.SQLITE_PROCESSES,
  });
  return {
    name: 'sqlite',
    title: 'SQLite',
    keywords:
      'sqlite db database file tastings insight Datenbank Tabelle base de données base de datos tabla база данных таблица 数据库 表 データベース テーブル',
    tools: [
      listTables(backend),
      describeTable(backend),
      readQuery(backend),
      writeQuery(backend),
      createTable(backend),
      appendInsight(backend),
    ],
    resources: [
      {
        uri: memoUri,
        name: 'insights',
        title: 'Insights',
        description: 'What was found out from the SQLite databases',
        mimeType: 'text/plain',
        like: 'read_query',
        read: async () => memoOf(await backend.insights.all()),
      },
    ],
    answerBytes: values.SQLITE_MAX_BYTES,
    check: () => checkRoot(backend.settings.root),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

async function checkRoot(root: string): Promise<void> {
  try {
    await access(path.join(root, '.'), constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`SQLITE_ROOT: ${root} is no folder that can be opened; make it and let this process read it.`, {
      cause: error,
    });
  }
}
