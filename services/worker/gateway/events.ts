import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { modelOutcomes } from '#shared/process/metric-labels.ts';
import { metrics } from '#shared/process/metrics.ts';
import type { Usage } from '#shared/run/request.ts';

const log = createLogger('gateway');

/** Names of models come from requests, so that only this many distinct ones are used as labels. */
const maxModels = 50;
const modelLabels = new Set<string>();

/** The model's name as a label; `other` beyond the bound. */
export function modelLabel(model: string): string {
  if (modelLabels.has(model)) return model;
  if (modelLabels.size >= maxModels) return 'other';
  modelLabels.add(model);
  metrics.modelRequests.beginAtZero({ model });
  metrics.modelTokens.beginAtZero({ model });
  metrics.modelCost.beginAtZero({ model });
  return model;
}

/** Names the model that answers when a request names none, so that its figures begin at 0 before the first request. */
export function modelConfigured(model: string): void {
  modelLabel(model);
}

/** The model answered completely. */
export function modelAnswered(model: string, durationMs: number, usage: Usage): void {
  const label = modelLabel(model);
  metrics.modelRequests.inc({ model: label, outcome: 'answered' });
  metrics.modelRequestDuration.observe({ model: label }, durationMs / 1_000);
  metrics.modelTokens.inc({ model: label, direction: 'in' }, usage.inputTokens);
  metrics.modelTokens.inc({ model: label, direction: 'out' }, usage.outputTokens);
  metrics.modelCost.inc({ model: label }, usage.costUsd);
  log.debug({ model, durationMs: Math.round(durationMs), usage }, 'model answered');
}

/** A request to the model failed. `reason` is that of the error, or `stopped`. */
export function modelFailed(model: string, durationMs: number, reason: string, error: unknown): void {
  const label = modelLabel(model);
  metrics.modelRequests.inc({ model: label, outcome: modelOutcomes.find((outcome) => outcome === reason) ?? 'other' });
  metrics.modelRequestDuration.observe({ model: label }, durationMs / 1_000);
  if (reason === 'stopped') return;
  const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : undefined;
  log.warn({ model, reason, durationMs: Math.round(durationMs), cause }, 'model request failed');
}

/** A model turned out to have no tool calls of its own. */
export function promptedProtocolChosen(model: string): void {
  log.info({ model }, 'the model does not call tools by itself; it gets them in the prompt');
}

/** An endpoint does not take a part of our requests to a model; later requests come without it. */
export function quirkLearned(model: string, quirk: string): void {
  log.info({ model, quirk }, 'the endpoint does not take a part of the request; it is asked without');
}
