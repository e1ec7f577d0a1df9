import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import type { Question, RawAnswer, Service } from '#mcp/http/service.ts';
import { printable, readable, refused, shown } from '#mcp/words.ts';
import { getExecution, getWorkflow, newestExecutions, stopExecution, type Execution, type Workflow } from './api.ts';
import { redact, redactText } from './redact.ts';
import { triggerOf, type Trigger } from './triggers.ts';

export interface N8n {
  /** The public API, with our key. */
  api: Service;
  /** Webhooks: without the key, which a workflow could read. */
  hooks: Service;
  /** How many milliseconds a call waits for the end. */
  waitMs: number;
}

const lookAgainMs = 500;
const stopMs = 5_000;
const mostText = 20_000;

const input = z.object({
  id: z.string().min(1).max(100).describe('As n8n_list_workflows shows it.'),
  input: z.record(z.string(), z.unknown()).optional().describe('What the webhook gets; for a chat {"message": …}.'),
});

const output = z.object({
  execution_id: z.string().nullable().describe('null: n8n keeps none, or it is not known.'),
  status: z.string(),
  result: z.string(),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

/** `n8n_execute_workflow`: runs a workflow through its trigger, waits for the end, and tells the result. */
export function executeWorkflowTool(n8n: N8n): AnyTool {
  return defineTool({
    name: 'n8n_execute_workflow',
    title: 'Execute a workflow',
    description:
      'Runs an active workflow of n8n that has a webhook or a public chat, waits for its end and tells the result.',
    input,
    output,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    run: (args, context) => execute(n8n, args, context),
  });
}

async function execute(n8n: N8n, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  const workflow = await getWorkflow(n8n.api, args.id, context);
  const trigger = triggerOf(workflow);
  if (typeof trigger === 'string')
    throw refused(`the workflow ${shown(workflow.name)} cannot be executed from here: ${trigger}. Nothing was run.`);
  const question = questionFor(trigger, args.input ?? {}, n8n.waitMs);
  const before = new Set((await newestExecutions(n8n.api, workflow.id, context)).map(({ id }) => id));
  const deadline = Date.now() + n8n.waitMs;
  context.progress(`n8n runs ${printable(workflow.name)}`);
  try {
    const reply = await pull(n8n, question, context);
    if (reply && isUnregistered(reply))
      throw new ToolError(
        'n8n does not know the webhook of this workflow. Nothing was run; tell the user to publish it again.',
      );
    return await outcome(n8n, workflow, trigger, reply, before, deadline, context);
  } catch (error) {
    if (context.signal.aborted) await stopNew(n8n, workflow, before);
    throw error;
  }
}

/** n8n's own words; a workflow may answer with status 404 as well. */
function isUnregistered({ status, text }: RawAnswer): boolean {
  return status === 404 && /"message":\s*"(?:The requested|This) webhook .*is not registered/.test(text);
}

/** How the run ended. What cannot be read of it must not sound as if the call could be made once more. */
async function outcome(
  n8n: N8n,
  workflow: Workflow,
  trigger: Trigger,
  reply: RawAnswer | undefined,
  before: ReadonlySet<string>,
  deadline: number,
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  try {
    const execution = await ended(n8n, workflow, before, deadline, context);
    return await answerOf(n8n, trigger, reply, execution, context);
  } catch (error) {
    if (!(error instanceof ToolError) || error instanceof RunFailed || context.signal.aborted) throw error;
    // What to do next, in the sentences behind the first one, is meant for questions that change nothing.
    const unread = `How it ended could not be read: ${error.message.replace(/\.( [^]*)?$/, '')}.`;
    if (reply && isUseful(reply, trigger)) {
      const status = reply.status < 400 ? 'answered' : 'error';
      return told(null, status, `The workflow answered with status ${reply.status}. ${unread}`, replyText(reply));
    }
    throw new RunFailed(
      `The workflow ${reply ? 'was' : 'may have been'} run. ${unread} Do not run it again before the user has looked in n8n.`,
    );
  }
}

/** Says by itself what is known of a run that has been started. */
class RunFailed extends ToolError {
  override name = 'RunFailed';
}

function isUseful({ text }: RawAnswer, { answersAtOnce }: Trigger): boolean {
  return !answersAtOnce && text !== '';
}

function questionFor(trigger: Trigger, given: Record<string, unknown>, timeoutMs: number): Question {
  const { method, path, kind } = trigger;
  const common = { method, path, raw: true, timeoutMs };
  if (kind === 'chat') {
    const { message } = given;
    if (typeof message !== 'string' || message === '') throw new ToolError('A chat wants input {"message": "…"}.');
    return { ...common, body: { action: 'sendMessage', sessionId: randomUUID(), chatInput: message } };
  }
  if (method !== 'GET' && method !== 'DELETE') return { ...common, body: given };
  const query = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { ...common, query: Object.fromEntries(query) as Record<string, string> };
}

/** What the trigger answers; undefined where no answer came although it may have run. */
async function pull(n8n: N8n, question: Question, context: ToolContext): Promise<RawAnswer | undefined> {
  try {
    return await n8n.hooks.ask(question, context, (answer) => answer as RawAnswer);
  } catch (error) {
    // A connection that broke, an answer that is too large or takes longer than we wait: the execution itself tells more.
    // Only where no connection was made is it sure that nothing ran.
    const wasNeverSent = error instanceof ToolError && /cannot be reached|no valid certificate/.test(error.message);
    if (error instanceof ToolError && !wasNeverSent && !context.signal.aborted) return undefined;
    throw error;
  }
}

/** The execution that the call began, once it has ended or the time is over; undefined where n8n shows none. */
async function ended(
  { api }: N8n,
  workflow: Workflow,
  before: ReadonlySet<string>,
  deadline: number,
  context: ToolContext,
): Promise<Execution | undefined> {
  // A workflow may be set to keep none; then there is nothing to wait for.
  let looks = 4;
  for (;;) {
    const fresh = (await newestExecutions(api, workflow.id, context)).filter(({ id }) => !before.has(id));
    // The oldest of the new ones is ours, unless others run it at the same moment.
    const ours = fresh.at(-1);
    looks -= 1;
    const isOver = ours ? !isUnderWay(ours) : looks <= 0;
    if (isOver || Date.now() >= deadline) return ours;
    await delay(lookAgainMs, undefined, { signal: context.signal });
  }
}

function isUnderWay({ status }: Execution): boolean {
  return status === 'new' || status === 'running';
}

async function answerOf(
  { api }: N8n,
  trigger: Trigger,
  reply: RawAnswer | undefined,
  execution: Execution | undefined,
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  if (!execution && !reply)
    throw new RunFailed(
      'n8n gave no answer, and shows no execution: whether the workflow ran is not known. Do not run it again before the user has looked in n8n.',
    );
  if (!execution) {
    const status = reply!.status < 400 ? 'answered' : 'error';
    return told(
      null,
      status,
      `The workflow answered with status ${reply!.status}. n8n keeps no execution of it.`,
      replyText(reply!),
    );
  }
  const { id, status } = execution;
  if (isUnderWay(execution) || status === 'waiting')
    return told(id, status, `Execution ${id} has not ended (${status}); it goes on in n8n. Do not start it again.`, '');
  const detail = await getExecution(api, id, context);
  if (status !== 'success') {
    const why = detail.error === undefined ? '' : `: ${readable(redactText(detail.error.slice(0, 1000)))}`;
    throw new RunFailed(
      `Execution ${id} of the workflow ended with ${printable(status)}${why}. It was run; tell the user.`,
    );
  }
  const result = reply && isUseful(reply, trigger) ? replyText(reply) : JSON.stringify(redact(detail.output));
  return told(id, status, `Execution ${id} ended well. Result:`, result);
}

function told(id: string | null, status: string, sentence: string, whole: string): ToolOutput<Output> {
  const result = readable(whole);
  const cut =
    result.length > mostText
      ? `${result.slice(0, mostText).toWellFormed()}\n[Cut: ${result.length} characters.]`
      : result;
  return { data: { execution_id: id, status, result: cut }, text: cut === '' ? sentence : `${sentence}\n${cut}` };
}

function replyText({ type, text }: RawAnswer): string {
  try {
    return JSON.stringify(redact(JSON.parse(text)));
  } catch {
    const isText = type === '' || /^text\/|json|xml/i.test(type);
    return isText
      ? redactText(text.toWellFormed())
      : `[${printable(type)}, ${Buffer.byteLength(text)} bytes: it cannot be shown here]`;
  }
}

/** Somebody has said stop: what still runs is ended in n8n too, where our key may do that. */
async function stopNew({ api }: N8n, workflow: Workflow, before: ReadonlySet<string>): Promise<void> {
  const context = { signal: AbortSignal.timeout(stopMs) };
  try {
    const running = (await newestExecutions(api, workflow.id, context)).filter(
      (execution) => !before.has(execution.id) && isUnderWay(execution),
    );
    await Promise.all(running.map(({ id }) => stopExecution(api, id, context)));
  } catch (error) {
    // The caller has gone and cannot be told; the execution ends by itself.
    if (!(error instanceof ToolError)) throw error;
  }
}
