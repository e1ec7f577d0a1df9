import pc from 'picocolors';
import { askHuman } from '#services/cli/approve.ts';
import { ask, type Audience } from '#services/cli/ask.ts';
import { createLineReader } from '#services/cli/line-reader.ts';
import { createProgress } from '#services/cli/show/progress.ts';
import { connectStack } from '#services/cli/stack.ts';
import { processTerminal } from '#services/cli/terminal.ts';
import { duration, printable } from '#services/cli/text.ts';

const firstQuestion = 'Which tables are in the database, and how many rows has the largest?';

/** Answers one question: the answer alone on stdout, progress on stderr. Returns the exit code. */
export async function askOnce(question: string, redisUrl: string, stop?: AbortSignal): Promise<number> {
  await using connection = await connectStack(redisUrl);
  const ended = await ask(connection, question, {}, audience(), stop ? { stop } : {});
  if (ended.outcome === 'answered') {
    process.stdout.write(`${printable(ended.text)}\n`);
    return 0;
  }
  process.stderr.write(`${pc.red(printable(ended.text))}\n`);
  return 1;
}

/** Sends a first question through the whole path and shows question, tool calls and answer. A failure is told, no more. */
export async function introduce(redisUrl: string, stop: AbortSignal): Promise<void> {
  await using connection = await connectStack(redisUrl);
  process.stderr.write(`\n${pc.bold('A first question:')} ${firstQuestion}\n`);
  const ended = await ask(connection, firstQuestion, {}, audience(), { stop });
  const text = printable(ended.text).replace(/^/gm, '  ');
  process.stderr.write(`${ended.outcome === 'answered' ? text : pc.red(text)}\n`);
  process.stderr.write(`${pc.dim(`  (${duration(ended.durationMs)})`)}\n`);
}

function audience(): Audience {
  const terminal = processTerminal();
  // Made when first needed: a reader takes hold of stdin.
  return {
    show: createProgress(terminal.err),
    async decide(approval, signal) {
      using reader = createLineReader(terminal);
      return askHuman(terminal, reader, approval, signal);
    },
  };
}
