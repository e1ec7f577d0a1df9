import type { Clock } from '../state/clock.ts';
import type { Json } from '../state/types.ts';

export interface LoggedRequest {
  method: string;
  /** Below /api/v10, decoded; without the query. */
  path: string;
  query: Record<string, string>;
  /** Milliseconds since 1970, when it came and when it was answered. */
  at: number;
  answeredAt?: number;
  /** Whether an Authorization header came along; never its value. */
  authorised: boolean;
  body: Json;
  files: { filename: string; contentType: string; size: number }[];
  /** 0 when no answer was given. */
  status: number;
  /** The injected fault that it met. */
  fault?: string;
}

/** Requests answered 401, 403 or 429 before Discord bans the address for a while, and the window. */
export const INVALID_REQUEST_LIMIT = 10_000;
export const INVALID_REQUEST_WINDOW_MS = 600_000;
const MAX_KEPT = 20_000;

export interface RequestLog {
  add(request: LoggedRequest): LoggedRequest;
  answered(request: LoggedRequest, status: number, shared?: boolean): void;
  all(): LoggedRequest[];
  clear(): void;
  /** Invalid requests of the last ten minutes, and whether Discord would have banned the address. */
  invalid(): { count: number; wouldBeBanned: boolean };
}

export function createRequestLog(clock: Clock, changed: () => void): RequestLog {
  let requests: LoggedRequest[] = [];
  let invalidAt: number[] = [];
  return {
    add(request) {
      requests.push(request);
      if (requests.length > MAX_KEPT) requests = requests.slice(-MAX_KEPT / 2);
      return request;
    },
    answered(request, status, shared = false) {
      request.status = status;
      request.answeredAt = clock.now();
      if ([401, 403, 429].includes(status) && !shared) invalidAt.push(clock.now());
      changed();
    },
    all: () => [...requests],
    clear() {
      requests = [];
    },
    invalid() {
      invalidAt = invalidAt.filter((at) => at > clock.now() - INVALID_REQUEST_WINDOW_MS);
      return { count: invalidAt.length, wouldBeBanned: invalidAt.length >= INVALID_REQUEST_LIMIT };
    },
  };
}
