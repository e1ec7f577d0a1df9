import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { passOn } from '../http/gateway.ts';

/** Asks the model alone: no tools, no journal. For titles and tags, which clients ask for beside each talk. */
export async function askPlain(api: Api, request: Request, response: Response, model: string): Promise<void> {
  await api.limits.requests.count(request);
  await api.limits.checkRun(callerOf(request));
  const { dragoman: _, tools: __, tool_choice: ___, ...rest } = request.body as Record<string, unknown>;
  await passOn(api, { request, response, path: '/chat/completions', model, body: { ...rest, model } });
}
