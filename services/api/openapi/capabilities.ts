import { version } from '#shared/process/version.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { budgetOf } from '#shared/rights/budget.ts';
import { operations } from './document.ts';

/** What this server can do, and who the caller is to it: clients look here before they show a button. */
export async function capabilitiesFor({ config, policy, models }: Api, caller: ApiCaller) {
  const current = policy.current();
  const budgetUsd = budgetOf(policy, caller);
  const has = (path: string) => operations.some((operation) => operation.path === path);
  return {
    object: 'capabilities',
    name: 'dragoman',
    version,
    protocols: {
      chat_completions: has('/v1/chat/completions'),
      responses: has('/v1/responses'),
      ui_message_stream: has('/api/chat'),
      sessions: has('/chat'),
      embeddings: has('/v1/embeddings'),
      mcp: has('/mcp'),
    },
    features: {
      server_tools: true,
      client_tools: true,
      streaming: true,
      images: true,
      idempotency_key: true,
      approvals: true,
      resumable_events: true,
      replay: true,
    },
    limits: {
      body_bytes: config.API_MAX_BODY_BYTES,
      text_characters: config.API_MAX_TEXT_CHARS,
      requests_per_minute: current.requestsPerMinute(caller) ?? config.API_REQUESTS_PER_MINUTE,
      answers_at_once: config.API_STREAMS_PER_KEY,
      unanswered_runs: config.API_MAX_PENDING,
      ...(budgetUsd !== undefined && { budget_usd_per_month: budgetUsd }),
    },
    models: await models.list(caller),
    caller: { name: caller.name, roles: current.roles(caller), operates: current.mayOperate(caller) },
  };
}
