import { z } from 'zod';
import { verdictSchema } from '../runs/approvals-route.ts';
import { bulkSchema, failedQuery } from '../runs/failed-route.ts';
import { pageQuery } from '../runs/query.ts';
import { replaySchema } from '../runs/replay.ts';
import { auditQuery, usageQuery } from '../runs/reports-route.ts';
import { steerSchema } from '../runs/route.ts';
import { approval, auditRow, run, runDetails, tool } from './answers.ts';
import { json, listOf, sse, type Operation } from './operation.ts';

/** Routes that look at runs and act on them. */
export const actingOperations: Operation[] = [
  {
    method: 'get',
    path: '/v1/runs',
    tag: 'Runs',
    summary: "Your runs, the newest first; for operators everybody's",
    query: pageQuery,
    answer: listOf(run),
  },
  { method: 'get', path: '/v1/runs/:id', tag: 'Runs', summary: 'One run, step by step', answer: runDetails },
  {
    method: 'get',
    path: '/v1/runs/:id/events',
    tag: 'Runs',
    summary: 'The journal of a run as it grows, to its end',
    description:
      'Each entry is an event whose id resumes the stream. Text on its way comes as `text` events without one.',
    headers: { 'Last-Event-ID': 'The id of the last event that came: the stream goes on after it.' },
    types: [sse],
  },
  {
    method: 'post',
    path: '/v1/runs/:id/cancel',
    tag: 'Runs',
    summary: 'Stop a run',
    answer: z.object({ id: z.string(), object: z.literal('run.cancel'), state: z.string() }),
  },
  {
    method: 'post',
    path: '/v1/runs/:id/steer',
    tag: 'Runs',
    summary: 'Tell a run under way something more',
    body: steerSchema,
    status: 202,
    answer: z.object({ id: z.string(), object: z.literal('run.steer'), state: z.literal('heard') }),
  },
  {
    method: 'post',
    path: '/v1/runs/:id/replay',
    tag: 'Runs',
    summary: 'Send a run that has ended on its way again',
    description: 'Recorded results are used again, and no recorded effect is repeated unless `again` names its call.',
    body: replaySchema,
    status: 202,
    answer: z.object({ run: z.string(), replay_of: z.string(), state: z.string(), dry_run: z.boolean() }),
  },
  {
    method: 'get',
    path: '/v1/failed',
    tag: 'Runs',
    summary: 'Runs that failed and were neither replayed nor discarded',
    query: failedQuery,
    answer: listOf(run),
  },
  {
    method: 'post',
    path: '/v1/failed',
    tag: 'Runs',
    summary: 'Replay many failed runs, or preview what each has changed already (operators)',
    description: 'Without `"preview": false` nothing is sent on its way: the answer has status 200 and the effects.',
    body: bulkSchema,
    status: 202,
    answer: z.object({ object: z.enum(['replay', 'replay.preview']), data: z.array(z.looseObject({})) }),
  },
  {
    method: 'get',
    path: '/v1/approvals',
    tag: 'Runs',
    summary: 'Calls that wait for a human',
    answer: listOf(approval),
  },
  {
    method: 'post',
    path: '/v1/approvals/:id',
    tag: 'Runs',
    summary: 'Decide one of them',
    body: verdictSchema,
    answer: z.object({ id: z.string(), object: z.literal('approval'), decision: z.string() }),
  },
  {
    method: 'get',
    path: '/v1/tools',
    tag: 'Reports',
    summary: 'Tools of the server that you may use, and which need a yes',
    answer: listOf(tool).extend({ unreachable: z.array(z.string()) }),
  },
  {
    method: 'get',
    path: '/v1/usage',
    tag: 'Reports',
    summary: "Your runs, tokens and cost of a month; for operators everybody's",
    description: 'With `by=role` what callers of each role used (operators); whoever has several counts in each.',
    query: usageQuery,
    answer: listOf(
      z.object({
        caller: z.string().optional(),
        role: z.string().optional(),
        runs: z.number(),
        passed_on: z.number(),
        input_tokens: z.number(),
        output_tokens: z.number(),
        cost_usd: z.number(),
      }),
    ).extend({ month: z.string(), budget_usd: z.number().optional() }),
  },
  {
    method: 'get',
    path: '/v1/audit',
    tag: 'Reports',
    summary: "Tool calls and decisions of your runs; for operators everybody's",
    query: auditQuery,
    answer: listOf(auditRow),
    types: [json],
  },
];
