import type { Turn } from '#test/model/turn.ts';
import { errorBody } from '#test/model/wire.ts';

/** A failure of the provider, and what the worker's gateway must make of LiteLLM's answer to it. */
export interface Case {
  turn: Turn;
  /** The possible values of DragomanError.reason. */
  reasons: string[];
  /** More parameters of the deployment. */
  params?: Record<string, unknown>;
}

function refusal(status: number, message: string, fields: { type?: string; code?: string } = {}): Turn {
  return { error: { status, body: { error: { message, type: fields.type ?? null, param: null, code: fields.code } } } };
}

const long = 'This answer breaks off somewhere in the middle, and nothing of it may be taken for whole. '.repeat(20);

export const cases: Record<string, Case> = {
  'rate-limited': { turn: { error: { status: 429 } }, reasons: ['rate-limit'] },
  'quota-used-up': {
    turn: refusal(429, 'You exceeded your current quota, please check your plan and billing details.', {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
    reasons: ['budget-exceeded'],
  },
  'budget-used-up': {
    turn: {
      error: { status: 400, body: errorBody(400, 'Budget has been exceeded! Current cost: 1.02', 'budget_exceeded') },
    },
    reasons: ['budget-exceeded'],
  },
  'context-too-long': {
    turn: refusal(400, "This model's maximum context length is 8192 tokens.", { code: 'context_length_exceeded' }),
    reasons: ['context-too-long'],
  },
  filtered: {
    turn: refusal(400, "The response was filtered by the provider's content management policy.", {
      code: 'content_filter',
    }),
    reasons: ['refused-content'],
  },
  'no-tools': { turn: refusal(400, 'this-model does not support tools'), reasons: ['tools-unsupported'] },
  'bad-provider-key': {
    turn: refusal(401, 'Incorrect API key provided.', { code: 'invalid_api_key' }),
    reasons: ['bad-key'],
  },
  forbidden: { turn: refusal(403, 'Your key may not use this model.'), reasons: ['bad-key'] },
  'no-such-model': {
    turn: refusal(404, 'The model `gone` does not exist', { code: 'model_not_found' }),
    reasons: ['model-not-found'],
  },
  malformed: { turn: refusal(400, "Invalid 'tools[0].function.name'."), reasons: ['bad-request'] },
  slow: { turn: { hang: true }, reasons: ['timeout'], params: { timeout: 1, stream_timeout: 1 } },
  failing: { turn: { error: { status: 500 } }, reasons: ['provider-error'] },
  overloaded: { turn: { error: { status: 503 } }, reasons: ['overloaded'] },
  'error-in-stream': {
    turn: { text: long, midStreamError: { message: 'the provider failed', code: '500', afterChunks: 20 } },
    reasons: ['provider-error', 'cut-stream', 'overloaded'],
  },
  'cut-in-text': { turn: { text: long, cutAfterChunks: 20 }, reasons: ['provider-error', 'cut-stream', 'overloaded'] },
  'cut-in-call': {
    turn: {
      toolCalls: [{ name: 'write_file', arguments: { path: 'a.txt', content: long } }],
      cutAfterChunks: 20,
    },
    reasons: ['provider-error', 'cut-stream', 'overloaded'],
  },
};
