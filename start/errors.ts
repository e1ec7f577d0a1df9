/** Why the stack cannot start: a sentence for the person at the terminal, with what to do. */
export class StartError extends Error {
  override name = 'StartError';
  /** The reason alone, for a caller that names the failing part in its own words. */
  readonly why: string;

  constructor(message: string, options: { why?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.why = options.why ?? message;
  }
}
