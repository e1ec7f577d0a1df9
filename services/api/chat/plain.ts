import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { passOn } from '../http/gateway.ts';

/** Members that are about Dragoman or tools. Providers refuse what is about tools where there are none. */
const ours: ReadonlySet<string> = new Set(['dragoman', 'tools', 'tool_choice', 'parallel_tool_calls']);

/** Asks the model alone: no tools, no journal. For titles and tags, which clients ask for beside each talk. */
export async function askPlain(api: Api, request: Request, response: Response, model: string): Promise<void> {
  await api.limits.requests.count(request);
  await api.limits.checkRun(callerOf(request));
  const rest = Object.entries(request.body as object).filter(([name]) => !ours.has(name));
  await passOn(api, {
    request,
    response,
    path: '/chat/completions',
    model,
    body: { ...Object.fromEntries(rest), model },
  });
}
