import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';
import { questionMax } from '#shared/run/request.ts';
import { beginTalk, historyName, readTalk } from '#shared/run/talks.ts';
import type { Api } from '../api.ts';
import { ask, idempotencyKey } from '../answer/ask.ts';
import { textFor } from '../answer/outcome.ts';
import { waitFor } from '../answer/wait.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { notFound, onlyMethods } from '../http/errors.ts';
import { defaultName } from '../models/models.ts';
import { streamSession } from './stream.ts';

const sessionId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, _ or -');

/** The body of `POST /chat`. */
export const talkSchema = z.object({
  message: z.string('must be a text').min(1, 'must not be empty').max(questionMax, 'is too long'),
  session_id: sessionId.optional(),
});

/** `POST /chat`, `GET` and `DELETE /chat/:session_id`: a talk that the server keeps. */
export function sessionRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/chat')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), (request, response) => talk(api, request, response))
    .all(onlyMethods('POST'));
  router
    .route('/chat/:session')
    .get(async (request, response) => {
      response.json(await readSession(api, callerOf(request), request.params.session));
    })
    .delete(async (request, response) => {
      const { session } = request.params;
      await readSession(api, callerOf(request), session);
      await forget(api, callerOf(request), session);
      response.json({ session_id: session, deleted: true });
    })
    .all(onlyMethods('GET', 'DELETE'));
  return router;
}

async function talk(api: Api, request: Request, response: Response): Promise<void> {
  const caller = callerOf(request);
  const body = checkBody(talkSchema, request.body);
  const asked = body.session_id ?? randomUUID();
  using _ = api.streams.enter(caller.id);
  const key = idempotencyKey(request);
  const { model } = await api.models.choose(caller, defaultName);
  const question = { text: body.message, model, conversation: conversationOf(caller, asked) };
  const runId = await ask(api, request, question, { key, payload: body });
  // A repetition is told of the session that its first request began.
  const session = key === undefined ? asked : await sessionOf(api, caller, runId, asked);
  response.set('x-dragoman-run', runId);
  if (request.accepts(['json', 'text/event-stream']) === 'text/event-stream') {
    return await streamSession(api, { request, response, runId, session });
  }
  const { ended } = await waitFor(api, { runId, request, response });
  response.json({ response: textFor(ended), session_id: session, run: runId });
}

/** Sessions of one key are not seen by another, whatever their names. */
function conversationOf(caller: ApiCaller, session: string): string {
  return `api:${caller.id}:session:${session}`;
}

async function sessionOf({ runs }: Api, caller: ApiCaller, runId: string, asked: string): Promise<string> {
  const prefix = conversationOf(caller, '');
  const conversation = (await runs.read(runId))?.request.conversation;
  return conversation?.startsWith(prefix) ? conversation.slice(prefix.length) : asked;
}

const lineSchema = z.object({ role: z.enum(['user', 'assistant']), content: z.string() });

async function readSession({ redis }: Api, caller: ApiCaller, session: string) {
  if (!sessionId.safeParse(session).success) throw notFound('session of this id');
  const conversation = conversationOf(caller, session);
  const { number } = await readTalk(redis, conversation);
  const [lines, waiting] = await Promise.all([
    redis.lrange(keys.history(historyName(conversation, number)), 0, -1),
    redis.llen(keys.line(conversation)),
  ]);
  if (lines.length === 0 && waiting === 0) throw notFound('session of this id');
  const messages = lines.flatMap((line) => lineSchema.safeParse(JSON.parse(line)).data ?? []);
  return { session_id: session, messages, pending: waiting };
}

/** A new talk begins, and what was said before is deleted. Runs under way end in the talk where they began. */
async function forget({ redis }: Api, caller: ApiCaller, session: string): Promise<void> {
  const conversation = conversationOf(caller, session);
  const { number } = await readTalk(redis, conversation);
  await beginTalk(redis, conversation, `delete:${randomUUID()}`);
  await redis.del(keys.history(historyName(conversation, number)));
}
