import { z } from 'zod';
import { DragomanError } from '#shared/ground/errors.ts';
import type { ClientRequest } from '#shared/run/client-request.ts';
import { replayRun, type ReplayOptions } from '#shared/run/replay.ts';
import { questionMax, type RunRequest } from '#shared/run/request.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { mayAskStill } from '#shared/rights/recorded-model.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { isOwn } from './access.ts';

const place = z
  .string()
  .regex(/^\d{1,4}\.\d{1,4}$/, 'must be calls such as 0.1')
  .transform((text) => {
    const [step = 0, call = 0] = text.split('.').map(Number);
    return { step, call };
  });

/** How a run is sent on its way again. */
export const replaySchema = z.object({
  from: z.enum(['start', 'failed-step'], 'must be start or failed-step').default('failed-step'),
  model: z.string().min(1).max(200).optional(),
  /** Another question in place of the one that was asked. */
  text: z.string().min(1).max(questionMax).optional(),
  /** Recorded calls that are to be made once more. */
  again: z.array(place).max(100).optional(),
  dry_run: z.boolean().default(false),
});
export type ReplayBody = z.output<typeof replaySchema>;

/** Sends one run on its way again. Throws ApiError when it cannot be. */
export async function replayOne(api: Api, caller: ApiCaller, record: RunRecord, body: ReplayBody) {
  if (record.archived) {
    throw new ApiError(409, 'The run is in the archive: it can be read, but not replayed. Ask its question anew.', {
      code: 'run_archived',
    });
  }
  const { model } = body.model === undefined ? { model: undefined } : await api.models.choose(caller, body.model);
  if (model === undefined) await demandRecordedModel(api, caller, record);
  const options: ReplayOptions = {
    from: body.text === undefined ? body.from : 'start',
    by: caller.name,
    dryRun: body.dry_run,
    ...(model !== undefined && { model }),
    ...(body.again && { again: body.again }),
    ...(body.text !== undefined && { changes: withText(record.request, body.text) }),
  };
  const replayed = await replayRun(api.runs, record.id, options);
  if ('runId' in replayed) {
    return { run: replayed.runId, replay_of: record.id, state: replayed.state, dry_run: body.dry_run };
  }
  if (replayed.state === 'unknown') throw notFound('run of this id');
  throw new ApiError(409, 'The run has not ended; cancel it, or wait.', { code: 'run_not_ended' });
}

/** Throws ApiError 403 when who replays, or in whose name, may not ask the run's model any more. */
async function demandRecordedModel(api: Api, caller: ApiCaller, { id, request }: RunRecord): Promise<void> {
  const model = api.models.behind(request);
  const { redis, policy, ring, config } = api;
  const rights = { redis, policy: policy.current(), file: ring.file, defaultModel: config.MODEL_NAME };
  const asker = { caller: request.caller, model };
  if (api.models.mayAsk(caller, model) && (isOwn(caller, request) || (await mayAskStill(rights, asker)))) return;
  throw new ApiError(403, `Run ${id} asked a model that its key may not ask for any more. Name another one in model.`, {
    type: 'permission_error',
    param: 'model',
    code: 'model_not_allowed',
  });
}

/** One row of a bulk replay: what became of a run. Never throws for a refusal. */
export async function replayRow(api: Api, caller: ApiCaller, record: RunRecord, body: ReplayBody) {
  try {
    return await replayOne(api, caller, record, body);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof DragomanError)) throw error;
    return { replay_of: record.id, state: 'refused', problem: error.message };
  }
}

/** The question in the conversation that a client brought changes with the question. */
function withText({ client }: RunRequest, text: string): NonNullable<ReplayOptions['changes']> {
  const messages = client?.messages;
  const last = messages?.findLastIndex(({ role }) => role === 'user') ?? -1;
  if (!client || !messages || last < 0) return { text };
  const changed: ClientRequest['messages'] = messages.with(last, { role: 'user', content: [{ type: 'text', text }] });
  return { text, client: { ...client, messages: changed } };
}
