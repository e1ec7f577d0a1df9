import type { Response } from 'express';
import { metrics } from '#shared/process/metrics.ts';
import { httpStatuses, type HttpRefusal } from '#shared/process/metric-labels.ts';

/** A request came to its end; `route` is a route's pattern, never the address that was asked for. */
export function requestEnded({ route, response }: { route: string; response: Response }): void {
  metrics.httpRequests.inc({ route, status: statusOf(response) });
}

function statusOf({ headersSent, statusCode }: Response): (typeof httpStatuses)[number] {
  if (!headersSent) return 'cut';
  return httpStatuses.find((each) => each === `${Math.floor(statusCode / 100)}xx`) ?? 'cut';
}

/** A request ended with an error of this status and code; failures are no refusals. */
export function countRefusal(status: number, code: string | null): void {
  const kind = refusalOf(status, code);
  if (kind !== undefined) metrics.httpRefusals.inc({ kind });
}

/** As what a refusal is counted; undefined for a failure. */
function refusalOf(status: number, code: string | null): HttpRefusal | undefined {
  switch (code) {
    case 'invalid_api_key':
      return 'key';
    case 'insufficient_permissions':
      return 'permission';
    case 'rate_limit_exceeded':
      return 'requests';
    case 'insufficient_quota':
      return 'budget';
    case 'too_many_pending':
      return 'pending';
    case 'too_many_streams':
      return 'streams';
    case 'model_not_found':
      return 'model';
    case 'unavailable':
      return 'redis-away';
    case 'shutting_down':
      return 'closing';
    default:
  }
  if (status >= 500) return undefined;
  if (status === 404 || status === 405) return 'not-found';
  return status === 409 ? 'conflict' : 'request';
}

const arrivals = new WeakMap<Response, number>();

/** A request came in. */
export function requestArrived(response: Response): void {
  arrivals.set(response, performance.now());
}

/** Text of an answer left on a stream; only the first of each request counts. */
export function textSent(response: Response): void {
  const at = arrivals.get(response);
  if (at === undefined) return;
  arrivals.delete(response);
  metrics.httpFirstText.observe((performance.now() - at) / 1_000);
}
