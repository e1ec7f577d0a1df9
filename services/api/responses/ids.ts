import type { CallPlace } from '#shared/run/fold/run-state.ts';

/**
 * Which part of a run a response shows. A run that asks a human ends the response, and goes on in the next: `segment`
 * counts from 0.
 */
export interface ResponsePlace {
  runId: string;
  segment: number;
}

/** `resp_<run>`, and `resp_<run>.1` for what comes after the first approval. */
export function responseId({ runId, segment }: ResponsePlace): string {
  return `resp_${runId}${segment === 0 ? '' : `.${segment}`}`;
}

/** Undefined for a text that no response has as its id. */
export function placeOf(id: string): ResponsePlace | undefined {
  const found = /^resp_([A-Za-z0-9_-]{1,100})(?:\.([1-9]\d{0,3}))?$/.exec(id);
  return found?.[1] === undefined ? undefined : { runId: found[1], segment: Number(found[2] ?? 0) };
}

/** Ids of items say where in which run they stand, so that a client can name them later. */
export const itemId = {
  message: (runId: string, step: number, attempt = 0) => `msg_${runId}_${step}${attempt === 0 ? '' : `_${attempt}`}`,
  serverCall: (runId: string, { step, call }: CallPlace) => `mcp_${runId}_${step}-${call}`,
  functionCall: (runId: string, { step, call }: CallPlace) => `fc_${runId}_${step}-${call}`,
  functionOutput: (runId: string, { step, call }: CallPlace) => `fco_${runId}_${step}-${call}`,
  approval: (runId: string, approval: string) => `mcpr_${runId}_${approval}`,
};

export type ItemPlace =
  | { kind: 'message'; runId: string; step: number }
  | { kind: 'call' | 'output'; runId: string; step: number; call: number }
  | { kind: 'approval'; runId: string; approval: string };

/** Where the item of this id stands; undefined for an id that is not ours. */
export function itemPlace(id: string): ItemPlace | undefined {
  const message = /^msg_([A-Za-z0-9_-]{1,100}?)_(\d{1,6})(?:_\d{1,4})?$/.exec(id);
  if (message) return { kind: 'message', runId: message[1] ?? '', step: Number(message[2]) };
  const call = /^(mcp|fc|fco)_([A-Za-z0-9_-]{1,100})_(\d{1,6})-(\d{1,6})$/.exec(id);
  if (call) {
    const place = { runId: call[2] ?? '', step: Number(call[3]), call: Number(call[4]) };
    return { kind: call[1] === 'fco' ? 'output' : 'call', ...place };
  }
  const approval = /^mcpr_([A-Za-z0-9_-]{1,100})_(\d{1,6}-\d{1,6}(?:-outcome)?)$/.exec(id);
  return approval ? { kind: 'approval', runId: approval[1] ?? '', approval: approval[2] ?? '' } : undefined;
}
