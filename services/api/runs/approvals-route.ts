import { Router } from 'express';
import { z } from 'zod';
import { answerMax, listPendingQuestions } from '#shared/run/answer-question.ts';
import { listPendingApprovals } from '#shared/run/decide.ts';
import type { Api } from '../api.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { ApiError, notFound, onlyMethods } from '../http/errors.ts';
import { runOf } from './access.ts';
import { approvalView, questionView } from './present.ts';

export const verdictSchema = z
  .object({
    decision: z
      .enum(['allow', 'deny', 'happened', 'did-not-happen'], 'must be allow, deny, happened or did-not-happen')
      .optional(),
    reason: z.string().max(2_000).optional(),
    /** The words for a question of the kind `ask-user`. */
    answer: z.string().trim().min(1, 'must not be empty').max(answerMax).optional(),
  })
  .refine(({ decision, answer }) => (decision === undefined) !== (answer === undefined), {
    path: ['decision'],
    error: 'must be given, or answer for a question of the kind ask-user',
  });

/** `GET /v1/approvals`: what waits for a human. `POST /v1/approvals/:id`: the decision. */
export function approvalRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/approvals')
    .get(async (request, response) => {
      response.json({ object: 'list', data: await listApprovals(api, callerOf(request)) });
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/approvals/:id')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), async (request, response) => {
      const verdict = checkBody(verdictSchema, request.body);
      response.json(await decide(api, callerOf(request), request.params.id, verdict));
    })
    .all(onlyMethods('POST'));
  return router;
}

/** What waits for a human: of a caller's own runs, for operators of everybody's. */
export async function listApprovals({ redis, policy }: Api, caller: ApiCaller) {
  const pending = await listPendingApprovals(redis);
  const operates = policy.current().mayOperate(caller);
  const own = pending.filter(({ caller: asker }) => operates || (asker.kind === 'api' && asker.id === caller.id));
  const asked = (await listPendingQuestions(redis)).filter(
    ({ caller: asker }) => operates || (asker.kind === 'api' && asker.id === caller.id),
  );
  return [...own.map(approvalView), ...asked.map(questionView)];
}

/**
 * Decides as a person in Discord may: whoever asked, and operators, each only a call of a tool that the policy grants
 * them; what became of a call they may say all the same. Throws ApiError.
 */
export async function decide(api: Api, caller: ApiCaller, id: string, verdict: z.output<typeof verdictSchema>) {
  const [runId = '', approval = ''] = id.split(':');
  await runOf(api, caller, runId);
  if (verdict.answer !== undefined) return answer(api, caller, { id, runId, question: approval }, verdict.answer);
  const question = await api.runs.question(runId, approval);
  if (!question) throw notFound('question of this id');
  // Whether a call happened is no matter of rights: nothing is allowed by saying so.
  const allows = question.kind !== 'unknown-outcome';
  if (allows && api.policy.current().permission(caller, question.tool) === 'deny') {
    throw new ApiError(403, `The policy does not grant this key ${question.tool}, so it may not decide about it.`, {
      type: 'permission_error',
      code: 'insufficient_permissions',
    });
  }
  const { decision = 'deny', reason } = verdict;
  const result = await api.runs.decide(runId, approval, { decision, by: caller.name, reason });
  switch (result) {
    case 'decided':
      return { id, object: 'approval', decision };
    case 'unknown':
      throw notFound('question of this id');
    case 'wrong-decision':
      throw new ApiError(400, `decision: ${decision} does not answer this question.`, { param: 'decision' });
    case 'already-decided':
    case 'ended':
      throw new ApiError(409, 'Too late: it was decided before, or the run has ended.', { code: 'already_decided' });
  }
}

/** Answers what the model has asked. Throws ApiError. */
async function answer(
  api: Api,
  caller: ApiCaller,
  { id, runId, question }: { id: string; runId: string; question: string },
  text: string,
) {
  if (!(await api.runs.asked(runId, question))) throw notFound('question of this id');
  const result = await api.runs.answer(runId, question, { by: caller.name, text });
  if (result === 'unknown') throw notFound('question of this id');
  if (result === 'decided') return { id, object: 'approval', decision: 'answered' };
  throw new ApiError(409, 'Too late: it was answered before, or the run has ended.', { code: 'already_decided' });
}
