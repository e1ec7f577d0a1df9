/** What others of our own parts say in English, word for word: workers, the store of settings. See elsewhere.ts. */
export const said = {
  'failure.tools-unsupported':
    'This model cannot call tools by itself; the operator can set TOOL_PROTOCOL=prompted or auto.',
  'failure.missing-key': "The model's provider needs a key and none is set; the operator has to set one.",
  'failure.model-denied': "The model gateway's key may not use this model; the operator has to allow it.",
  'failure.bad-endpoint': 'There is no model gateway at LITELLM_API_BASE; the operator has to mend it.',
  'failure.moved':
    'The model gateway is at another address than LITELLM_API_BASE says; the operator has to set the new one.',
  'failure.bad-request': 'The model gateway refused the request as wrong; the operator finds in the log what it said.',
  'failure.certificate': "The model gateway's certificate is not trusted; the operator has to mend it.",
  'failure.not-tls': 'LITELLM_API_BASE says https, but what is there speaks http; the operator has to mend it.',
  'failure.bad-format':
    "The model's provider sent an answer that cannot be read. Ask again; if it stays so, tell the operator.",
  'failure.web-page': 'A web page came instead of an answer of the model; the operator has to check LITELLM_API_BASE.',
  'failure.bad-call': 'The model wrote a tool call that its provider could not read. Ask again, or ask in other words.',
  'failure.endless': "The model's answer had no end. Ask again, or ask for less.",
  'said.run-budget': 'This question has used up its budget of ${limit}; it cost ${cost} so far.',
  'said.month-budget': 'The budget for this month, ${limit}, is used up.',
  'said.stopped-before': 'Stopped by {name} before anything was done.',
  'said.no-tool': 'No tool had been used.',
  'said.done': 'Done: {tools}.',
  'said.not-done': 'Not done: {tools}.',
  'said.unclear': 'May or may not have happened: {tools}.',
  'said.pictures-unseen': {
    one: 'The model {model} does not see pictures: it answers without the one that came with the question.',
    other: 'The model {model} does not see pictures: it answers without the {count} that came with the question.',
  },
  'said.still-trying': 'I keep trying.',
  'said.shortened':
    'The conversation had become too long for the model; earlier messages and long results are left out.',
  'said.talk-grown': {
    one: 'This conversation has grown long: I looked at the message before this one.',
    other: 'This conversation has grown long: I looked at the {count} messages before this one.',
  },
  'said.talk-grown-notes': {
    one: 'This conversation has grown long: I looked at the message before this one and my notes on older ones.',
    other:
      'This conversation has grown long: I looked at the {count} messages before this one and my notes on older ones.',
  },
  'said.talk-none': 'This conversation has grown long: I looked at none of what was said before.',
  'said.talk-only-notes':
    'This conversation has grown long: I looked at none of what was said before and my notes on older ones.',
  'said.talk-left-out': { one: '{count} older one did not fit.', other: '{count} older ones did not fit.' },
} as const;
