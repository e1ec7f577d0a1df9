import type { Request, Response } from 'express';

/** What is sent on to the model gateway without a run. */
export interface PassedOn {
  request: Request;
  response: Response;
  /** Of the gateway, below its base. */
  path: string;
  /** The gateway's name of the model. */
  model: string;
  body: Record<string, unknown>;
}

interface Choice {
  finish_reason?: unknown;
  /** Of a whole answer. */
  message?: unknown;
  /** Of a chunk. */
  delta?: unknown;
}

/** What the gateway's answer holds, whole or a chunk of it. */
export type GatewayAnswer = Record<string, unknown> & { choices?: Choice[] };

/**
 * Reads an answer, or a chunk of one. Throws Error for anything else: gateways send pages of proxies and errors with
 * status 200 as well, and a client would take them for the model's.
 */
export function answerIn(text: string): GatewayAnswer {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) throw new Error('it sends no JSON object');
  const { error, choices, data } = value as Record<string, unknown>;
  if (error !== undefined && error !== null)
    throw new Error(`it sends an error: ${JSON.stringify(error).slice(0, 500)}`);
  if (!Array.isArray(choices ?? data)) throw new Error('it sends neither choices nor data');
  return value as GatewayAnswer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The words of an answer or a chunk, thoughts among them, as far as they are texts. */
export function saidIn({ choices = [] }: GatewayAnswer): string {
  return choices.map(({ message, delta }) => textsIn(message ?? delta)).join('');
}

function textsIn(message: unknown): string {
  const { content, reasoning_content: thought } = (message ?? {}) as Record<string, unknown>;
  return [thought, content].filter((text) => typeof text === 'string').join('');
}
