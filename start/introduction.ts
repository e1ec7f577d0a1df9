import { setTimeout as delay } from 'node:timers/promises';
import { domainNames, stackOf } from '#mcp/domains.ts';
import { paint } from '#shared/ground/paint.ts';
import { ask, watchRun, type Ended } from '#services/cli/ask.ts';
import { connectStack, type Connection } from '#services/cli/stack.ts';
import { renderAnswer } from '#services/cli/show/answer.ts';
import { duration } from '#services/cli/text.ts';
import { createMessageIndex } from '#services/ingress/messages/message-index.ts';
import { errorText } from '#shared/ground/errors.ts';
import { readRun } from '#shared/run/record.ts';
import { terminalAudience } from './questions.ts';
import type { Door } from './stack.ts';

const lookAgainMs = 100;

/**
 * Asks a first question, about one of the ready domains, and shows question, tool calls and answer. The question goes
 * the whole way: through the playground's #general where the bot is on it, else from the terminal. A failure is only
 * printed.
 */
export async function introduce(
  { redisUrl, door, domains: ready }: { redisUrl: string; door: Door; domains: Set<string> },
  stop: AbortSignal,
  { say = sayOnStderr, patienceMs = 60_000 }: { say?: (text: string) => void; patienceMs?: number } = {},
): Promise<void> {
  const where = door.page ? ' (Ada asks in #general of the playground)' : '';
  const question = firstQuestion(ready);
  say(`\n${paint.bold('A first question:')} ${question}${paint.dim(where)}`);
  try {
    await using connection = await connectStack({ REDIS_URL: redisUrl });
    const ended = door.page
      ? await askOnPlayground(connection, door, question, { stop, patienceMs })
      : await ask(connection, question, {}, terminalAudience(), { stop });
    const columns = (process.stderr.columns || 80) - 2;
    const shown = renderAnswer(ended.text, { isTTY: process.stderr.isTTY, columns }).trimEnd();
    const text = shown.replace(/^/gm, '  ');
    say(ended.outcome === 'answered' ? text : paint.red(text));
    say(paint.dim(`  (${duration(ended.durationMs)})`));
  } catch (error) {
    // The stack is up all the same, and may well answer the next question.
    if (!stop.aborted) say(paint.red(`  No answer: ${errorText(error)}`));
  }
}

/** For a stack without domains: the worker's own tool answers it. */
const anyQuestion = 'What time is it in Tokyo?';

/** The question that shows most of what the stack can do. */
function firstQuestion(ready: Set<string>): string {
  const questions = domainNames.filter((name) => ready.has(name)).map((name) => stackOf(name).question);
  return questions.find((question) => question !== undefined) ?? anyQuestion;
}

function sayOnStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Asks as a person does, with a message that mentions the bot. Rejects with what is known when no answer comes in time.
 */
async function askOnPlayground(
  connection: Connection,
  door: Door,
  question: string,
  { stop, patienceMs }: { stop: AbortSignal; patienceMs: number },
): Promise<Ended> {
  const me = await readJson(`${door.env['DISCORD_API_BASE']}/v10/users/@me`, {
    headers: { authorization: `Bot ${door.env['DISCORD_TOKEN']}` },
  });
  const asked = await readJson(`${door.page}/playground/api/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'general', author: 'Ada', content: `<@${me.id}> ${question}` }),
  });
  const patience = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]);
  const runId = await runOf(connection, asked.id, patience);
  if (runId === undefined) {
    throw new Error(
      'the bot has not taken the question up. In #general /why tells the reason; its log is ingress.log.',
    );
  }
  return watchRun(connection, runId, terminalAudience(), { leave: patience }).catch(async (error: unknown) => {
    if (!patience.aborted) throw error;
    const known = await whatIsKnown(connection, runId);
    throw new Error(`not within ${patienceMs / 1_000} s. ${known}`, { cause: error });
  });
}

/**
 * The run that a message started or was joined to: messages that the same person writes on the page at that moment
 * become one question. Undefined when there is no run in time.
 */
async function runOf({ redis }: Connection, message: string, patience: AbortSignal): Promise<string | undefined> {
  const index = createMessageIndex(redis);
  for (;;) {
    const runId = await index.runOf(message);
    if (runId !== undefined || patience.aborted) return runId;
    await delay(lookAgainMs);
  }
}

/** Says how far a run is that has not ended in time. */
async function whatIsKnown({ redis }: Connection, runId: string): Promise<string> {
  const { status } = (await readRun(redis, runId)) ?? {};
  if (status === undefined) return 'It is not known any more.';
  const state = {
    queued: 'The question waits for a worker; see worker.log',
    running: 'It is still being worked on, and the answer will appear in #general',
    waiting: 'It waits for a yes in #general',
    ended: 'The answer came too late to be shown here; it is in #general',
  }[status];
  return `${state}. Step by step: npx dragoman jobs show ${runId}`;
}

async function readJson(url: string, request: RequestInit): Promise<{ id: string }> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${new URL(url).pathname} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id: string };
}
