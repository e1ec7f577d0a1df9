/** What of the conformance suite is not met on purpose: a pattern for `scenario check`, and the reason. */
export type Unmet = readonly (readonly [checks: RegExp, why: string])[];

const nobodyToAsk =
  'a server cannot ask back: a call runs inside a job, without anybody or any model that could answer the server. The runner declares no such capability';

export const unmetByClient: Unmet = [
  [
    /^auth\//,
    'nobody can sign in from a tool-runner: the operator puts a token into the headers of the entry, and a 401 ends the call',
  ],
  [/^elicitation-/, nobodyToAsk],
  [/^sep-2322-client-request-state /, nobodyToAsk],
  [
    /^sse-retry /,
    'a broken stream is not taken up again: the call has failed at once, and its caller decides whether to make another',
  ],
];

const onlyTools =
  'a tool-runner serves tools and nothing else; resources and prompts of the server behind it come as tools and in listings';
const noTasks = 'the extension `tasks` is not offered: calls run inside durable runs';

export const unmetByServer: Unmet = [
  [/^(?:completion|prompts|resources)-|^caching sep-2549-(?:prompts|resources)-/, onlyTools],
  [
    /^(?:elicitation|input-required-result)-|^tools-call-(?:elicitation|sampling) |^server-stateless sep-2575-(?:server-rejects-undeclared|missing)-capability/,
    nobodyToAsk,
  ],
  [
    /^logging-|^tools-call-with-logging /,
    "a server's log is the operator's, not the caller's: it is in the runner's log",
  ],
  [
    /^http-custom-header-server-validation /,
    'header marks are for the way from the runner to its server: what the runner lists has none',
  ],
  [/^server-sse-polling /, 'a runner keeps no sessions and no streams that could be taken up again'],
  [/^tasks-/, noTasks],
];
