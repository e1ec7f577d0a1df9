import type { Redis } from 'ioredis';
import type { RunStore } from '#shared/run/run-store.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import { buildRequest, type RequestContext } from './build.ts';
import { settingsAt, withSettings } from './settings.ts';

interface AskMessageContext extends RequestContext {
  redis: Redis;
  policy: PolicySource;
  runs: RunStore;
}

/** Asks a message that stands in Discord as a question of its own. False when it is gone, or has nothing to answer. */
export async function askMessage(ingress: AskMessageContext, channel: string, message: string): Promise<boolean> {
  const [found] = await ingress.reads.fetchMessages(channel, [message]);
  const built = found && (await buildRequest({ messages: [found], trigger: 'button' }, ingress));
  if (!built) return false;
  await ingress.runs.accept(withSettings(built.request, await settingsAt(ingress, found), ingress));
  return true;
}
