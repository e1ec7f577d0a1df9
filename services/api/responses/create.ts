import type { Request, Response } from 'express';
import { ask, idempotencyKey, repeatedRun } from '../answer/ask.ts';
import { failureOf } from '../answer/outcome.ts';
import { rememberCalls, restoreCalls } from '../answer/remembered.ts';
import { waitWith } from '../answer/wait.ts';
import type { Api } from '../api.ts';
import { checkBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { headerChoice } from '../http/header-choice.ts';
import { ApiError } from '../http/errors.ts';
import { defaultName } from '../models/models.ts';
import { serverTools } from '../tools/server-tools.ts';
import { responseAfterNote } from './answered-note.ts';
import { decisionsIn, goOn, refuseLostYes } from './decide.ts';
import { findAny } from './find.ts';
import { followResponse, readResponse } from './follow.ts';
import { responseId } from './ids.ts';
import { readInput } from './input.ts';
import type { WireItem } from './item-schema.ts';
import { previousOf } from './previous.ts';
import { toQuestion } from './question.ts';
import { resolveItems } from './resolve.ts';
import type { ResponseView } from './response-object.ts';
import { responsesSchema, type ResponsesRequest } from './schema.ts';
import { serverToolShapes, type Shown } from './shown.ts';
import { streamResponse } from './stream.ts';

/** `POST /v1/responses`. */
export async function createResponse(api: Api, request: Request, response: Response): Promise<void> {
  const caller = callerOf(request);
  const body = checkBody(responsesSchema, request.body);
  if (body.background && !body.store) {
    throw new ApiError(400, 'background: a response that is not stored cannot be fetched later.', {
      param: 'background',
    });
  }
  using _ = api.streams.enter(caller.id);
  const id = await begin(api, request, caller, body);
  const { view, record } = await findAny(api, caller, id);
  response.set('x-dragoman-run', view.runId);
  if (body.stream) return await streamResponse(api, { request, response, view, stops: !body.background });
  if (body.background) return void response.json((await readResponse(api, view, record)).snapshot());
  response.json(await waitForEnd(api, { request, response, view }));
}

/** Accepts the request. Returns the id of the response that it gets. */
async function begin(api: Api, request: Request, caller: ApiCaller, body: ResponsesRequest): Promise<string> {
  const use = { key: idempotencyKey(request), payload: body };
  const known = await repeatedRun(api, request, use);
  if (known !== undefined) return responseId({ runId: known, segment: 0 });
  const items = itemsOf(body.input);
  const input = typeof body.input === 'string' ? items : (request.body as { input?: object[] }).input;
  const shownInput = (input ?? []) as Shown['input'];
  const resolved = await resolveItems(api, caller, items);
  const answers = decisionsIn(resolved.flat());
  if (answers.length > 0) {
    await api.limits.requests.count(request);
    return goOn(api, caller, { body, answers, input: shownInput });
  }
  const asks = headerChoice(request, 'x-dragoman-approvals', ['text', 'off']);
  if (asks === 'text') await api.limits.requests.count(request);
  const noted =
    asks === 'text' ? await responseAfterNote(api, caller, { body, items: resolved.flat(), input: shownInput }) : {};
  if (noted.id !== undefined) return noted.id;
  const previous =
    body.previous_response_id === undefined ? undefined : await previousOf(api, caller, body.previous_response_id);
  if (previous?.waits !== undefined) refuseLostYes(resolved.flat(), previous.waits);
  const read = readInput(resolved, previous?.messages, previous?.open);
  const messages = [...(previous?.messages ?? []), ...(await restoreCalls(api, caller, read.messages))];
  if (messages.length === 0) {
    throw new ApiError(400, 'input: say something; there is neither a message nor a previous response.', {
      param: 'input',
    });
  }
  const system = [previous?.system, ...read.system].filter((each) => each !== undefined && each !== '');
  const { model, name, plain } = await api.models.choose(caller, body.model ?? defaultName);
  const question = toQuestion(
    body,
    { messages, system: system.length > 0 ? system.join('\n\n') : undefined },
    {
      model,
      name,
      plain,
      maxChars: api.config.API_MAX_TEXT_CHARS,
      serverTools: await serverTools(api),
      serverShape: shapeOf(body, request),
      // For programs whose body cannot be changed, and that show no questions.
      approvals: asks !== 'off',
      notes: asks === 'text',
      input: shownInput,
    },
  );
  const leaves = previous?.waits ?? noted.leaves;
  return responseId({ runId: await ask(api, request, question, { ...use, leaves }), segment: 0 });
}

function itemsOf(input: ResponsesRequest['input']): WireItem[] {
  if (typeof input === 'string') return input === '' ? [] : [{ role: 'user', content: input }];
  return input ?? [];
}

/** Programs whose requests cannot be changed have a header. */
function shapeOf({ dragoman }: ResponsesRequest, request: Request): Shown['serverTools'] {
  return dragoman.server_tools ?? headerChoice(request, 'x-dragoman-server-tools', serverToolShapes) ?? 'mcp_call';
}

/** The whole response. A client that leaves stops its run. Throws ApiError for a run that has failed. */
async function waitForEnd(
  api: Api,
  { request, response, view }: { request: Request; response: Response; view: ResponseView },
): Promise<object> {
  const writer = await waitWith(api, { request, response, runId: view.runId }, async (signal) => {
    const { writer: reading, events } = followResponse(api, view, signal);
    for await (const _ of events);
    return reading.ended ? reading : undefined;
  });
  const { ended } = writer.state;
  if (ended && ended.outcome !== 'answered') throw failureOf(ended, 'input');
  await rememberCalls(api, callerOf(request), { runId: view.runId, calls: ended?.calls ?? [], state: writer.state });
  return writer.snapshot();
}
