import type { RunRequest } from '#shared/run/request.ts';
import { createRunState } from '#shared/run/fold/run-state.ts';
import { noHistory } from '#services/worker/history/history.ts';
import { buildMessages } from '#services/worker/loop/messages.ts';
import type { Run } from '#services/worker/loop/held-run.ts';

export interface ModelMessage {
  role: string;
  content?: unknown;
  tool_calls?: unknown;
}

/** What is sent to the model for a question before any tool has run. */
export function promptOf(request: RunRequest): ModelMessage[] {
  const run = {
    request,
    state: createRunState(),
    history: noHistory,
    parts: { prompts: { system: () => 'Be kind.', discord: () => '' } },
  };
  return buildMessages(run as unknown as Run, [], undefined);
}

/** True when a name stands on one line of the prompt and holds nothing that hides, reorders or imitates structure. */
export function isTame(name: string): boolean {
  return name.length <= 48 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>[\]{}`]/u.test(name);
}
