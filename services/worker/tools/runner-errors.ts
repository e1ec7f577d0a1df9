import { errorText } from '#shared/ground/errors.ts';

export interface RpcError {
  code?: unknown;
  message?: unknown;
}

interface FailureFacts {
  status?: number | undefined;
  rpc?: RpcError | undefined;
  /** `lost`: the connection broke while the call was under way. */
  what?: 'lost' | 'too-large' | 'no-result' | undefined;
  cause?: unknown;
}

/** The request reached nobody, so that what it asked for has not happened. */
export class NotDelivered extends Error {
  override name = 'NotDelivered';
}

const INTERNAL_ERROR = -32_603;

/** The tool-runner answered with a failure, or its answer was lost. */
export class RunnerFailure extends Error {
  override name = 'RunnerFailure';
  readonly facts: FailureFacts;

  constructor(facts: FailureFacts) {
    super(facts.what ?? `status ${facts.status ?? 200}: ${rpcText(facts.rpc)}`, { cause: facts.cause });
    this.facts = facts;
  }

  /** True when the call may have had its effect. */
  get outcomeUnknown(): boolean {
    const { what, status, rpc } = this.facts;
    return what !== undefined || (status !== undefined && status >= 500) || rpc?.code === INTERNAL_ERROR;
  }

  /** True when the runner itself is in trouble, not just this call. */
  get ofRunner(): boolean {
    const { what, status } = this.facts;
    return what === 'lost' || what === 'no-result' || (status !== undefined && status >= 500);
  }

  /** What the runner said about the call, bounded; undefined when it said nothing. */
  get said(): string | undefined {
    const text = rpcText(this.facts.rpc);
    return text === '' ? undefined : text;
  }
}

function rpcText(error: RpcError | undefined): string {
  return typeof error?.message === 'string' ? error.message.slice(0, 2_000) : '';
}

/** Failures after which the other side cannot have read a byte of the request. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Sorts the errors that the HTTP client throws. */
export function fromNetwork(error: unknown): NotDelivered | RunnerFailure {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && beforeSending.has(code)) return new NotDelivered(errorText(error), { cause: error });
  return new RunnerFailure({ what: 'lost', cause: error });
}
