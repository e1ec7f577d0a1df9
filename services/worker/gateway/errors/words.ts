/**
 * What a person is told when the model gives no answer: what is at fault, in a sentence, and what to do. The log has
 * what the provider said.
 */
export const words = {
  budgetExceeded: 'The budget for the model is used up; the operator has to raise it.',
  contextTooLong: 'This conversation has become too long for the model. Start a new one, or ask about less at once.',
  refusedContent: "The model's provider refused this content. Ask differently.",
  toolsUnsupported: 'This model cannot call tools by itself; the operator can set TOOL_PROTOCOL=prompted or auto.',
  badKey: 'The model gateway refused the key; the operator has to check LITELLM_API_KEY.',
  missingKey: "The model's provider needs a key and none is set; the operator has to set one.",
  modelDenied: "The model gateway's key may not use this model; the operator has to allow it.",
  modelNotFound: 'The model gateway does not know this model; the operator has to check MODEL_NAME.',
  badEndpoint: 'There is no model gateway at LITELLM_API_BASE; the operator has to mend it.',
  moved: 'The model gateway is at another address than LITELLM_API_BASE says; the operator has to set the new one.',
  badRequest: 'The model gateway refused the request as wrong; the operator finds in the log what it said.',
  timeout: 'The model took too long to answer. Ask again, or ask for less.',
  rateLimit: 'The model is asked too often at the moment. Ask again in a minute.',
  overloaded: 'The model is overloaded at the moment. Ask again in a minute.',
  providerError: "The model's provider failed. Ask again; if it stays so, tell the operator.",
  network:
    'The model gateway cannot be reached at the moment. Ask again in a minute; if it stays so, tell the operator.',
  certificate: "The model gateway's certificate is not trusted; the operator has to mend it.",
  notTls: 'LITELLM_API_BASE says https, but what is there speaks http; the operator has to mend it.',
  cutStream: "The model's answer broke off in the middle. Ask again.",
  badFormat: "The model's provider sent an answer that cannot be read. Ask again; if it stays so, tell the operator.",
  webPage: 'A web page came instead of an answer of the model; the operator has to check LITELLM_API_BASE.',
  badCall: 'The model wrote a tool call that its provider could not read. Ask again, or ask in other words.',
  endless: "The model's answer had no end. Ask again, or ask for less.",
  away: 'The model has failed several times in a row and is left alone for some seconds. Ask again in a minute.',
  lateStart: 'The model did not begin to answer in time. Ask again; if it stays so, tell the operator.',
  stalled: 'The model stopped in the middle of its answer. Ask again.',
  tooSlow: 'The model took too long for its answer. Ask again, or ask for less.',
};
