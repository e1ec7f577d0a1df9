/** Who must act on a failure. It decides who is told what, and whether trying again can help. */
export type Audience = 'user' | 'operator' | 'upstream' | 'us';

/**
 * The base of Dragoman's own errors. `message` is a sentence that the person who asked may see: no internals, no
 * secrets. `cause` takes what only operators may see.
 */
export abstract class DragomanError extends Error {
  abstract readonly audience: Audience;
  /** Machine-readable kind, stable: used in metrics, journals and `jobs list --reason`. */
  readonly reason: string;
  readonly retryable: boolean;

  constructor(reason: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.reason = reason;
    this.retryable = options.retryable ?? false;
  }
}

/** The person who asked can mend it: wrong input, not allowed, over a limit. */
export class UserError extends DragomanError {
  readonly audience = 'user';
}

/** The operator must mend it: configuration, credentials, capacity. */
export class OperatorError extends DragomanError {
  readonly audience = 'operator';
}

/** A system beyond ours failed: the model's provider, a backend, Discord. Retryable unless said otherwise. */
export class UpstreamError extends DragomanError {
  readonly audience = 'upstream';
  /** Milliseconds for which the upstream asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: string,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(reason, message, { retryable: true, ...options });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A defect of Dragoman itself. */
export class InternalError extends DragomanError {
  readonly audience = 'us';
}

/** A stale worker tried to write to a run that another worker has taken over. It must drop the run in silence. */
export class FencedError extends InternalError {
  constructor(runId: string, epoch: number) {
    super('fenced', `run ${runId} was taken over by another worker after epoch ${epoch}`);
  }
}

/** The sentence for people, whatever was thrown. */
export function humanMessage(error: unknown): string {
  if (error instanceof DragomanError && error.audience !== 'us') return error.message;
  return 'Something went wrong inside Dragoman; the operator can find it in the log by the run id.';
}

/** The message of anything thrown, for logs and operators. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says nothing else, and a host with several addresses fails with one error for each and no message.
  if (error.message === 'fetch failed' && error.cause !== undefined) return errorText(error.cause);
  // What ioredis says then is of its own options.
  if (error.name === 'MaxRetriesPerRequestError') return 'Redis does not answer';
  if (error.message === '' && error instanceof AggregateError && error.errors.length > 0)
    return errorText(error.errors[0]);
  return error.message;
}
