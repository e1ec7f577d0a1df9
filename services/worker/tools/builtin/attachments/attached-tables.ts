import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { createPool } from '#mcp/sqlite/engine/pool.ts';
import type { Rows } from '#mcp/sqlite/engine/jobs.ts';
import { explainFailure } from '#mcp/sqlite/failures.ts';
import { createThread } from '#mcp/thread.ts';
import { errorText } from '#shared/ground/errors.ts';
import { readRun } from '#shared/run/record.ts';
import type { BuildJob } from './build.worker.ts';

/** Queries over the tables that came with a run's question. */
export interface AttachedTables extends AsyncDisposable {
  /** The rows of one reading statement. Throws an error with a sentence for the model. */
  query(runId: string, sql: string, signal: AbortSignal): Promise<Rows>;
}

const limits = { maxRows: 200, maxBytes: 60_000, maxCell: 4_000 };
const timeoutMs = 15_000;
const buildMs = 30_000;
const heapBytes = 512 * 1024 * 1024;

/**
 * Each query gets a database of its own in a folder of its own, which nobody else reads and which goes with the query. The
 * statement runs in a process that can be ended, over a connection that only reads, as those of the SQLite tools.
 */
export function createAttachedTables(redis: Redis): AttachedTables {
  const pool = createPool({ size: 2, ms: timeoutMs });
  const builder = createThread<BuildJob, true>(new URL('./build.worker.ts', import.meta.url), {
    ms: buildMs,
    heapBytes,
  });
  return {
    async query(runId, sql, signal) {
      const { tables = [] } = (await readRun(redis, runId))?.request ?? {};
      if (tables.length === 0) throw new RangeError('No table came with this question.');
      const folder = await mkdtemp(path.join(await realpath(tmpdir()), 'dragoman-run-'));
      try {
        const file = path.join(folder, 'attached.db');
        if (!(await builder.run({ file, tables }, signal))) {
          throw new RangeError('The attached tables are too large to be queried here. Tell the user.');
        }
        return await pool.run({ kind: 'read', sql, limits, file, busyMs: 1_000 }, signal);
      } catch (error) {
        if (error instanceof RangeError || signal.aborted) throw error;
        const told = explainFailure(error, { database: 'attachments', timeoutMs, writing: false });
        throw new RangeError(errorText(told), { cause: error });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([pool[Symbol.asyncDispose](), builder[Symbol.asyncDispose]()]);
    },
  };
}
