import { Router, type Request, type Response } from 'express';
import type { Api } from '../api.ts';
import { acceptedAt, ask, idempotencyKey } from '../answer/ask.ts';
import { outcomeOf } from '../answer/outcome.ts';
import { rememberCalls, restoreCalls } from '../answer/remembered.ts';
import { waitFor } from '../answer/wait.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { serverTools } from '../tools/server-tools.ts';
import { askPlain } from './plain.ts';
import { toQuestion } from './question.ts';
import { chatSchema } from './schema.ts';
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
  if (plain) return askPlain(api, request, response, model);
  using _ = api.streams.enter(caller.id);
  const key = idempotencyKey(request);
  const { client } = question;
  if (client?.messages) client.messages = await restoreCalls(api, caller, client.messages);
  const runId = await ask(api, request, question, { key, payload: body });
  response.set('x-dragoman-run', runId);
  const at = key === undefined ? Date.now() : await acceptedAt(api, runId);
  const wire: ChatWire = { created: Math.floor(at / 1_000), model: name, runId };
  if (body.stream) return await streamChat(api, { request, response, body, wire });
  const { ended, state } = await waitFor(api, { runId, request, response });
  const outcome = outcomeOf(ended, state);
  await rememberCalls(api, caller, { runId, calls: outcome.calls, state });
  response.json(completion(wire, outcome));
}
