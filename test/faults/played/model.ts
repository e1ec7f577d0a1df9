import { controlRoute } from '#test/model/control.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';
import { messageText, type ChatMessage, type ParsedRequest, type PlayedToolCall, type Turn } from '#test/model/turn.ts';
import { openWitness } from '#test/model/witness.ts';
import { answerOf, effectsOf, readPlan, type Plan } from './plan.ts';

// The played model as a process: it does what the plan in the question says. It writes each request as a synced line of
// MODEL_WITNESS before it answers. The key that the asker sends tells which worker asks.

const { MODEL_WITNESS, MODEL_PORT, MODEL_CHUNK_DELAY_MS } = process.env;
const witness = openWitness(MODEL_WITNESS ?? '/dev/null');
const chunkDelayMs = Number(MODEL_CHUNK_DELAY_MS ?? 5);

/**
 * Results which say that the call was not made: a model would ask for it again. A call that nobody allowed in time is
 * not among them, because that is how `lapse` ends.
 */
const notMade = /was not (?:called|run)(?!: nobody)|did not happen|may be called again/;

const model: PlayedModel = await startPlayedModel({
  port: Number(MODEL_PORT ?? 0),
  keep: 50,
  extra: controlRoute(() => model),
  onRequest(request, turn) {
    const plan = planOf(request);
    const worker = request.headers.authorization?.replace('Bearer ', '');
    const calls = turn.toolCalls?.length ?? 0;
    witness.append({ at: Date.now(), case: plan?.case, step: request.step, worker, calls, error: turn.error?.status });
  },
});
model.handle((request) => {
  const plan = planOf(request);
  if (!plan) return { text: 'No plan.' };
  return { ...turnOf(plan, request), chunkDelayMs, ...troubleOf(plan, request.step) };
});
process.stdout.write(`${JSON.stringify({ msg: 'ready', addresses: { model: model.url } })}\n`);
process.once('SIGTERM', () => void model[Symbol.asyncDispose]().then(() => witness[Symbol.dispose]()));

/** The plan of a question. A request to summarise a long talk names the plans of questions that were answered long ago. */
function planOf({ user }: ParsedRequest): Plan | undefined {
  return /^(?:The notes so far|What was said then):/.test(user) ? undefined : readPlan(user);
}

const attempts = new Map<string, number>();

/** What the plan says goes wrong with this answer. */
function troubleOf({ case: id, trouble }: Plan, step: number): Turn {
  if (!trouble) return {};
  const key = `${id} ${step}`;
  const attempt = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, attempt);
  const { kind, value } = trouble;
  if (kind === 'slow') return { delayMs: value };
  if (kind === 'fail') return attempt <= value ? { error: { status: 500 } } : {};
  if (attempt > 1) return {};
  if (kind === 'hang') return { hang: true };
  return kind === 'cut' ? { cutAfterBytes: value } : { hangAfterChunks: value };
}

function turnOf(plan: Plan, request: ParsedRequest): Turn {
  const done = roundsDone(request.body.messages);
  const call = plan.calls[done];
  if (!call) return { text: answerOf(plan), chunkSize: Math.max(24, plan.lines * 2) };
  const name = request.toolNames.find((each) => each.endsWith(call.tool)) ?? call.tool;
  const names = effectsOf(plan).filter((effect) => effect.call.split('.')[0] === String(done));
  const toolCalls: PlayedToolCall[] = names.map((effect) => ({
    name,
    arguments: { case: plan.case, call: effect.call, step: request.step, ms: call.ms },
  }));
  return { toolCalls };
}

/** How many turns with tools are finished: none of their calls has to be made again. */
function roundsDone(messages: ChatMessage[]): number {
  const after = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  const failed = new Set(
    after.flatMap((message) =>
      message.role === 'tool' && notMade.test(messageText(message)) ? [message.tool_call_id] : [],
    ),
  );
  const rounds = after.filter(({ tool_calls: calls }) => calls && calls.length > 0);
  return rounds.filter(({ tool_calls: calls }) => calls?.every(({ id }) => !failed.has(id))).length;
}
