import { paint } from '#shared/ground/paint.ts';
import { askHuman } from '#services/cli/approve.ts';
import { ask, type Audience } from '#services/cli/ask.ts';
import { exitCodeOf, refusalNotice } from '#services/cli/exit-codes.ts';
import { createLineReader } from '#services/cli/line-reader.ts';
import { createProgress } from '#services/cli/show/progress.ts';
import { renderAnswer } from '#services/cli/show/answer.ts';
import { connectStack } from '#services/cli/stack.ts';
import { processTerminal } from '#services/cli/terminal.ts';
import { printable } from '#services/cli/text.ts';

/** Answers one question: prints the answer alone on stdout, progress on stderr. Returns the exit code. */
export async function askOnce(question: string, redisUrl: string, stop?: AbortSignal): Promise<number> {
  await using connection = await connectStack({ REDIS_URL: redisUrl });
  const ended = await ask(connection, question, {}, terminalAudience(), stop ? { stop } : {});
  if (ended.outcome === 'answered') {
    process.stdout.write(renderAnswer(ended.text, processTerminal().out));
  } else {
    process.stderr.write(`${paint.red(printable(ended.text))}\n`);
  }
  const notice = refusalNotice(ended);
  if (notice !== undefined) process.stderr.write(`${paint.yellow('!')} ${notice}\n`);
  return exitCodeOf(ended);
}

/** The person at the starter's terminal. They see on stderr what happens, and decide what needs a yes. */
export function terminalAudience(): Audience {
  const terminal = processTerminal();
  return {
    show: createProgress(terminal.err),
    async decide(approval, signal) {
      // The reader is made only when it is needed, because it takes hold of stdin.
      using reader = createLineReader(terminal);
      return await askHuman(terminal, reader, approval, signal);
    },
  };
}
