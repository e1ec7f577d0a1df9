import pc from 'picocolors';
import { askHuman } from '#services/cli/approve.ts';
import { ask, watchRun, type Audience, type Ended } from '#services/cli/ask.ts';
import { exitCodeOf } from '#services/cli/exit-codes.ts';
import { createLineReader } from '#services/cli/line-reader.ts';
import { createProgress } from '#services/cli/show/progress.ts';
import { connectStack, type Connection } from '#services/cli/stack.ts';
import { processTerminal } from '#services/cli/terminal.ts';
import { duration, printable } from '#services/cli/text.ts';
import { errorText } from '#shared/errors.ts';
import { discordRunId } from '#shared/run.ts';
import type { Door } from './stack.ts';

const patienceMs = 60_000;
const firstQuestion = 'Which tables are in the database, and how many rows has the largest?';

/** Answers one question: the answer alone on stdout, progress on stderr. Returns the exit code. */
export async function askOnce(question: string, redisUrl: string, stop?: AbortSignal): Promise<number> {
  await using connection = await connectStack(redisUrl);
  const ended = await ask(connection, question, {}, audience(), stop ? { stop } : {});
  if (ended.outcome === 'answered') {
    process.stdout.write(`${printable(ended.text)}\n`);
  } else {
    process.stderr.write(`${pc.red(printable(ended.text))}\n`);
  }
  return exitCodeOf(ended);
}

/**
 * Sends a first question through the whole path and shows question, tool calls and answer: through the playground's
 * #general where the bot is on it, else from the terminal. A failure is told, no more.
 */
export async function introduce(redisUrl: string, door: Door, stop: AbortSignal): Promise<void> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  await using connection = await connectStack(redisUrl);
  const where = door.page ? ' (Ada asks in #general of the playground)' : '';
  say(`\n${pc.bold('A first question:')} ${firstQuestion}${pc.dim(where)}`);
  try {
    const ended = door.page
      ? await askOnPlayground(connection, door, stop)
      : await ask(connection, firstQuestion, {}, audience(), { stop });
    const text = printable(ended.text).replace(/^/gm, '  ');
    say(ended.outcome === 'answered' ? text : pc.red(text));
    say(pc.dim(`  (${duration(ended.durationMs)})`));
  } catch (error) {
    // The stack is up all the same, and may well answer the next one.
    if (!stop.aborted) say(pc.red(`  No answer: ${errorText(error)}`));
  }
}

/** As a person does it: a message that mentions the bot. Its run has an id that derives from the message's. */
async function askOnPlayground(connection: Connection, door: Door, stop: AbortSignal): Promise<Ended> {
  const me = await readJson(`${door.env['DISCORD_API_BASE']}/v10/users/@me`, {
    headers: { authorization: `Bot ${door.env['DISCORD_TOKEN']}` },
  });
  const asked = await readJson(`${door.page}/playground/api/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'general', author: 'Ada', content: `<@${me.id}> ${firstQuestion}` }),
  });
  const patience = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]);
  return watchRun(connection, discordRunId(asked.id), audience(), { leave: patience });
}

async function readJson(url: string, request: RequestInit): Promise<{ id: string }> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${new URL(url).pathname} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id: string };
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
