import { createThread } from '#mcp/thread.ts';
import type { ReadStatement } from './parse.ts';
import type { ParseJob } from './parser.worker.ts';
import { Refusal, type Uses } from './uses.ts';

/** `parseRead` and `parseBody` on a thread of their own. */
export interface Parser extends AsyncDisposable {
  /** @throws Refusal unless it is exactly one statement that only reads */
  read(sql: string, signal?: AbortSignal): Promise<ReadStatement>;
  /** @throws Refusal unless every statement of the body reads */
  body(sql: string, signal?: AbortSignal): Promise<Uses[]>;
}

type Answer = { parsed: unknown } | { refusal: string };

const heapBytes = 256 * 1024 * 1024;

/**
 * Runs the parser on a thread. It recurses with the depth of a statement: one that is deep enough overflows its stack
 * and leaves it broken for all that follow, and some statements take seconds. Both may cost the process this thread,
 * and no more.
 * @param ms how many milliseconds one statement may take
 */
export function createParser(ms = 5_000): Parser {
  const thread = createThread<ParseJob, Answer>(new URL('./parser.worker.ts', import.meta.url), { ms, heapBytes });
  async function parse(job: ParseJob, signal?: AbortSignal): Promise<unknown> {
    const answer = await thread.run(job, signal);
    if (!answer) throw new Refusal('The query is nested too deep or too complex to be judged. Write a simpler one.');
    if ('refusal' in answer) throw new Refusal(answer.refusal);
    return answer.parsed;
  }
  return {
    read: (sql, signal) => parse({ kind: 'read', sql }, signal) as Promise<ReadStatement>,
    body: (sql, signal) => parse({ kind: 'body', sql }, signal) as Promise<Uses[]>,
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
