import type { Clock } from '../state/clock.ts';
import type { Json } from '../state/types.ts';

export interface LoggedRequest {
  method: string;
  /** Below /api/v10, decoded, without the query. */
  path: string;
  query: Record<string, string>;
  /** When it came and when it was answered, in milliseconds since 1970. */
  at: number;
  answeredAt?: number;
  /** Whether it had an Authorization header; the value is never kept. */
  authorised: boolean;
  body: Json;
  files: { filename: string; contentType: string; size: number }[];
  /** 0 when no answer was given. */
  status: number;
  /** The injected fault that hit it. */
  fault?: string;
}

/** How many requests may be answered 401, 403 or 429 in this window before Discord bans the address for a while. */
export const INVALID_REQUEST_LIMIT = 10_000;
export const INVALID_REQUEST_WINDOW_MS = 600_000;
const MAX_KEPT = 20_000;

export interface RequestLog {
  add(request: LoggedRequest): LoggedRequest;
  answered(request: LoggedRequest, status: number, shared?: boolean): void;
  all(): LoggedRequest[];
  clear(): void;
  /** How many invalid requests the last ten minutes had, and whether Discord would have banned the address. */
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
