import { approvalDecisions, toolOutcomes } from '#shared/ground/vocabulary.ts';
import { jobStates, queueNames } from '#shared/ground/vocabulary.ts';
import { callerKinds, runOutcomes } from '#shared/ground/vocabulary.ts';

// The values that labels of metrics can take. These lists type the code that counts, and dashboards and alerts are
// checked against them (test/observability/labels.test.ts): a rule that looks for anything else could never fire.

/** A label whose values come from configuration, code or others' servers: names of models, tools, servers, routes. */
export const anyName = 'any name';

/** How a request to the model gateway ended: `answered`, `stopped` by us, or the reason of the gateway's error. */
export const modelOutcomes = [
  'answered',
  'stopped',
  'rate-limit',
  'overloaded',
  'timeout',
  'network',
  'cut-stream',
  'bad-format',
  'provider-error',
  'budget-exceeded',
  'bad-key',
  'model-not-found',
  'bad-endpoint',
  'bad-request',
  'tools-unsupported',
  'context-too-long',
  'refused-content',
  'other',
] as const;

export const tokenDirections = ['in', 'out'] as const;

export const approvalOutcomes = ['requested', ...approvalDecisions] as const;

export const replayOutcomes = [...runOutcomes, 'dry-run'] as const;

/** Limits that ended a run or changed its course. */
export const runLimits = [
  'attempts',
  'deadline',
  'budget',
  'iterations',
  'calls-per-answer',
  'useless-calls',
  'empty-answers',
] as const;
export type RunLimit = (typeof runLimits)[number];

/** Steps in which a tool-runner may fail to use its file of calls. */
export const callFileSteps = ['start', 'intent', 'result', 'turn-over', 'close'] as const;
export type CallFileStep = (typeof callFileSteps)[number];
/** What waiting for replicas led to. */
export const replicationOutcomes = ['replicated', 'late', 'another-master'] as const;
export type ReplicationOutcome = (typeof replicationOutcomes)[number];

export const sealOutcomes = ['sealed', 'broken'] as const;

/** What the ingress heard from Discord, and what became of its connection. */
export const discordEvents = [
  'accepted',
  'dropped',
  'refused',
  'lost',
  'command',
  'shards-taken',
  'shards-unheld',
  'talk-begun',
  'schedule-asked',
  'schedule-paused',
  'setting',
  'steered',
  'interaction-unanswered',
  'button',
  'gateway-ready',
  'gateway-resumed',
  'gateway-reconnecting',
  'gateway-disconnected',
  'gateway-given-up',
  'caught-up',
] as const;

/**
 * What became of a message or edit: it stands (`created`, `edited`); the message or its channel was deleted meanwhile
 * (`gone`); Discord refuses it (`refused`); the bot may not write there (`forbidden`); Discord did not confirm it, and
 * it is tried again (`failed`).
 */
export const deliveryOutcomes = ['created', 'edited', 'gone', 'refused', 'forbidden', 'moved', 'failed'] as const;

/** How a request over HTTP ended; `cut`: before anything of an answer was sent. */
export const httpStatuses = ['2xx', '3xx', '4xx', '5xx', 'cut'] as const;

/** Why a request over HTTP was refused. */
export const httpRefusals = [
  'key',
  'permission',
  'requests',
  'budget',
  'pending',
  'streams',
  'request',
  'model',
  'not-found',
  'conflict',
  'redis-away',
  'closing',
] as const;
export type HttpRefusal = (typeof httpRefusals)[number];

/** What left Redis for the archive. */
export const archivedThings = ['runs', 'audit-rows'] as const;

/** What housekeeping found out of step with a run, and mended. */
export const mendings = ['lost', 'approvals', 'queued', 'woken', 'hastened', 'replies', 'unreadable'] as const;

/** Parts of housekeeping that may fail on their own. */
export const housekeepingTasks = [
  'sweep',
  'relieve',
  'eviction',
  'clean',
  'archive',
  'index',
  'catalogue',
  'models',
  'lost-workers',
  'approvals',
  'reconcile',
  'clean-failed',
  'clean-runs',
  'clean-unstored',
  'clean-deliveries',
  'clean-conversations',
  'clean-jobs',
  'clean-audit',
  'archive-failed',
  'archive-runs',
  'archive-audit',
  'archive-keep',
  'index-runs',
  'index-audit',
  'forget',
] as const;
export type HousekeepingTask = (typeof housekeepingTasks)[number];

export { callerKinds, jobStates, queueNames, runOutcomes, toolOutcomes };
