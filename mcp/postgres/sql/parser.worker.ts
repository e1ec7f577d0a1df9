import { serveThread } from '#mcp/thread.ts';
import { parseBody, parseRead } from './parse.ts';
import { Refusal } from './uses.ts';

export interface ParseJob {
  kind: 'read' | 'body';
  sql: string;
}

const parsers = { read: parseRead, body: parseBody };

serveThread((job) => {
  const { kind, sql } = job as ParseJob;
  try {
    return { parsed: parsers[kind](sql) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
});
