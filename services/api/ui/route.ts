import { Router, type Request, type Response } from 'express';
import { keys } from '#shared/redis/keys.ts';
import { questionMax } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { ask, idempotencyKey } from '../answer/ask.ts';
import { readyDecisions } from '../answer/decisions.ts';
import { segmentNow } from '../answer/segments.ts';
import { lengthOf, questionOf } from '../chat/conversation.ts';
import { clientTools } from '../chat/question.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { ApiError, notFound, onlyMethods } from '../http/errors.ts';
import { defaultName } from '../models/models.ts';
import { serverTools } from '../tools/server-tools.ts';
import { decisionsOf, readUiMessages } from './conversation.ts';
import { chatId, uiChatSchema, type UiChatRequest } from './schema.ts';
import { streamUi } from './stream.ts';

/** `/api/chat`: AI SDK's UI message stream, for pages made with `useChat` or assistant-ui. */
export function uiRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/api/chat')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), (request, response) => chat(api, request, response))
    .all(onlyMethods('POST'));
  router
    .route('/api/chat/:id/stream')
    .get(async (request, response) => {
      const caller = callerOf(request);
      const runId = await runUnderWay(api, caller, request.params.id);
      if (runId === undefined) return void response.status(204).end();
      using _ = api.streams.enter(caller.id);
      const segment = segmentNow(await api.runs.journal(runId));
      await streamUi(api, { request, response, runId, segment, messageId: undefined });
    })
    .delete(async (request, response) => {
      const caller = callerOf(request);
      const runId = await runUnderWay(api, caller, request.params.id);
      if (runId === undefined) throw notFound('answer under way in this chat');
      response.json({ id: runId, object: 'run.cancel', state: await api.runs.stop(runId, caller.name) });
    })
    .all(onlyMethods('GET', 'DELETE'));
  return router;
}

async function chat(api: Api, request: Request, response: Response): Promise<void> {
  const caller = callerOf(request);
  const body = checkBody(uiChatSchema, request.body);
  using _ = api.streams.enter(caller.id);
  const decisions = decisionsOf(body.messages);
  if (decisions.length > 0) {
    await api.limits.requests.count(request);
    const ready = await readyDecisions(api, caller, { decisions, param: 'messages' });
    await ready.make();
    const { runId, segment } = ready;
    return await streamUi(api, { request, response, runId, segment, messageId: body.messages.at(-1)?.id });
  }
  const key = idempotencyKey(request);
  const runId = await ask(api, request, await questionFor(api, caller, body), { key, payload: body });
  response.set('x-dragoman-run', runId);
  const last = body.messages.at(-1);
  // A message of the page's own tools goes on.
  const messageId = last?.role === 'assistant' ? last.id : undefined;
  await streamUi(api, { request, response, runId, segment: 0, messageId });
}

async function questionFor(api: Api, caller: ApiCaller, body: UiChatRequest) {
  const { messages, ...read } = readUiMessages(body.messages);
  const system = [body.system, ...read.system].filter((each) => each !== undefined && each !== '').join('\n\n');
  const { API_MAX_TEXT_CHARS: most } = api.config;
  if (messages.length === 0) throw new ApiError(400, 'messages: nobody says anything.', { param: 'messages' });
  if (lengthOf({ system, messages }) > most) {
    throw new ApiError(400, `The messages have more than ${most} characters: too long for the model.`, {
      param: 'messages',
      code: 'context_length_exceeded',
    });
  }
  const { model, plain } = await api.models.choose(caller, body.model ?? defaultName);
  const tools = clientTools(body.tools, await serverTools(api));
  return {
    text: questionOf(messages).slice(0, questionMax).toWellFormed(),
    model,
    conversation: conversationOf(caller, body.id),
    ...(plain && { tools: false }),
    client: {
      messages,
      approvals: true,
      ...(system !== '' && { system }),
      ...(tools.length > 0 && { tools }),
    },
  };
}

/** Chats of one key are not seen by another, whatever their ids. */
function conversationOf({ id }: ApiCaller, chat: string): string {
  return `ui:${id}:${chat}`;
}

/** The newest run of a chat that has not ended. */
async function runUnderWay({ redis }: Api, caller: ApiCaller, id: string): Promise<string | undefined> {
  if (!chatId.safeParse(id).success) throw notFound('chat of this id');
  return (await redis.lindex(keys.line(conversationOf(caller, id)), -1)) ?? undefined;
}
