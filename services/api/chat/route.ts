import { Router, type Request, type Response } from 'express';
import type { Api } from '../api.ts';
import { acceptedAt, ask, idempotencyKey, type Question } from '../answer/ask.ts';
import { answerNote } from '../answer/answer-note.ts';
import { rememberCalls, restoreCalls } from '../answer/remembered.ts';
import { waitWith } from '../answer/wait.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { headerChoice } from '../http/header-choice.ts';
import { serverTools } from '../tools/server-tools.ts';
import { textOf } from './conversation.ts';
import { partOutcome, watchPart, type Part } from './part.ts';
import { askPlain } from './plain.ts';
import { toQuestion } from './question.ts';
import { chatSchema, type ChatRequest, type WireMessage } from './schema.ts';
import { streamChat } from './stream.ts';
import { completion, type ChatWire } from './wire.ts';

/** `POST /v1/chat/completions`: OpenAI's chat completions, each a run. */
export function chatRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/chat/completions')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), (request, response) => complete(api, request, response))
    .all(onlyMethods('POST'));
  return router;
}

async function complete(api: Api, request: Request, response: Response): Promise<void> {
  const caller = callerOf(request);
  const body = checkBody(chatSchema, request.body);
  const { model, name, plain } = await api.models.choose(caller, body.model);
  const takes = { model, maxChars: api.config.API_MAX_TEXT_CHARS, serverTools: await serverTools(api) };
  const question = toQuestion(body, takes);
  if (plain) return askPlain(api, { request, response, model, body });
  using _ = api.streams.enter(caller.id);
  const asks = headerChoice(request, 'x-dragoman-approvals', ['text', 'off']);
  if (asks && question.client) {
    Object.assign(question.client, { approvals: asks === 'text', ...(asks === 'text' && { questions: false }) });
  }
  const noted = asks === 'text' ? await partAfterNote(api, request, body) : {};
  const part = noted.part ?? (await begin(api, request, question, { body, notes: asks === 'text', ...noted }));
  const { runId } = part;
  response.set('x-dragoman-run', runId);
  const isNew = part.segment === 0 && part.waits !== true && idempotencyKey(request) === undefined;
  const at = isNew ? Date.now() : await acceptedAt(api, runId);
  const wire: ChatWire = { created: Math.floor(at / 1_000), model: name, runId };
  if (body.stream) return await streamChat(api, { request, response, body, wire, part });
  const end = await waitWith(api, { request, response, runId }, async (signal) => {
    for await (const event of watchPart(api, part, signal)) {
      if (event.type === 'ended' || event.type === 'waiting') return event;
    }
    return undefined;
  });
  const outcome = partOutcome(end, part);
  await rememberCalls(api, caller, { runId, calls: outcome.calls, state: end.state });
  response.json(completion(wire, outcome));
}

/** Accepts the question as a run. */
async function begin(
  api: Api,
  request: Request,
  question: Question,
  { body, notes, leaves }: { body: ChatRequest; notes: boolean; leaves?: string },
): Promise<Part> {
  const key = idempotencyKey(request);
  const { client } = question;
  if (client?.messages) client.messages = await restoreCalls(api, callerOf(request), client.messages);
  return { runId: await ask(api, request, question, { key, payload: body, leaves }), segment: 0, notes };
}

/** The part that a `yes`, `no` or `continue` under a note leads to, or the run that anything else leaves waiting. */
async function partAfterNote(
  api: Api,
  request: Request,
  { messages }: ChatRequest,
): Promise<{ part?: Part; leaves?: string }> {
  const said = messages.map((message) => ({ role: message.role, text: saidIn(message) }));
  const { part, ...left } = await answerNote(api, callerOf(request), said, () => api.limits.requests.count(request));
  return part ? { part: { ...part, notes: true } } : left;
}

function saidIn({ content }: WireMessage): string {
  return content ? textOf(content) : '';
}
