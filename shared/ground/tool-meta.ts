// `_meta` keys of tool calls and their results, between worker and tool-runner.

/** `_meta` key under which a worker sends the idempotency key of a tool call. */
export const IDEMPOTENCY_META = 'dragoman/idempotencyKey';
/** `_meta` key that is `true` where a call with the same key may have been made before. */
export const REPEATED_META = 'dragoman/repeated';
/** `_meta` key of a list of tools under which a tool-runner names the prompts of its server. */
export const PROMPTS_META = 'dragoman/prompts';
/** `_meta` key of a list of tools under which a domain of ours says which of them a model is always told of. */
export const OFFERING_META = 'dragoman/offering';
/**
 * `_meta` key of a tool that is `true` where its server keeps a state for each run: the run's calls of it go in order,
 * and the server is told when the run has ended.
 */
export const STATEFUL_META = 'dragoman/stateful';
/** The notification that tells a tool-runner that the run of its token has ended. */
export const RUN_ENDED_METHOD = 'notifications/dragoman/run-ended';
/** The notification that tells a tool-runner to forget the calls of the run of its token. Its answer comes when they are gone. */
export const RUN_FORGOTTEN_METHOD = 'notifications/dragoman/run-forgotten';
/** `_meta` key of a result that says what became of the call, where the result itself does not. */
export const OUTCOME_META = 'dragoman/outcome';
