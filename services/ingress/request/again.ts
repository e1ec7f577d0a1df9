import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import { replayRun } from '#shared/run/replay.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { callerSchema, type Caller, type RunRequestInput } from '#shared/run/request.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { Words } from '../language/say.ts';
import { whyUnpaid } from './budget.ts';
import { plainName } from './names.ts';
import { buildRequest, type RequestContext } from './build.ts';

/**
 * Asks a question that was answered once more: as it stands now, with the rights that its asker has now, who pays for
 * it. Where they may no longer use the model that was asked, the operator's default answers. One replay is made, however
 * often it is asked for. Resolves to why it is not asked; undefined when it is.
 */
export async function askAgain(
  record: RunRecord,
  by: { id: string; name: string },
  ingress: RequestContext & { redis: Redis; runs: RunStore; policy: PolicySource },
): Promise<Words | undefined> {
  const caller = await askerNow(record, ingress);
  const unpaid = await whyUnpaid(ingress, caller, by.id);
  if (unpaid) return unpaid;
  const edited = await editedQuestion(record, ingress);
  // What was recorded before a failure is used again, unless it belongs to another question.
  const from = record.outcome === 'failed' && !edited ? 'failed-step' : 'start';
  const changes = { ...edited, caller };
  const { model } = record.request;
  const lost = model !== undefined && !ingress.policy.current().mayUseModel(callerSchema.parse(caller), model);
  const options = { from, by: plainName(by.name), changes, ...(lost && { model: null }) } as const;
  await replayRun(ingress.runs, record.id, options);
  return undefined;
}

/** The person who asked, with the roles that they have at this moment. */
async function askerNow({ request }: RunRecord, ingress: RequestContext): Promise<Caller> {
  const roles = await ingress.reads.fetchRoles(request.caller.guild, request.caller.id);
  return { ...request.caller, discordRoles: roles.flatMap((role) => [role.id, role.name]) };
}

/** The question's text after an edit; undefined when it is unchanged or gone. */
async function editedQuestion(
  { request }: RunRecord,
  ingress: RequestContext,
): Promise<Pick<RunRequestInput, 'text' | 'images' | 'tables'> | undefined> {
  const { channel = '', messages = [] } = request.discord ?? {};
  const [first, ...others] = await ingress.reads.fetchMessages(channel, messages);
  if (!first || ![first, ...others].some(({ edited }) => edited)) return undefined;
  const built = await buildRequest({ messages: [first, ...others], trigger: 'retry' }, ingress);
  if (!built) return undefined;
  const { text, images, tables } = built.request;
  return { text, images, ...(tables && { tables }) };
}
