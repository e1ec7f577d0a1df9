import type { RequestHandler } from 'express';
import { metrics } from '#shared/process/metrics.ts';
import { requestArrived, requestEnded } from '../events.ts';

/** What asks for no route that there is, or was refused before its route was looked for. */
const noRoute = 'other';

/** Counts each request by its route once it has ended. `routes`: the patterns of all routes. */
export function measure(routes: ReadonlySet<string>): RequestHandler {
  for (const route of [...routes, noRoute]) metrics.httpRequests.beginAtZero({ route });
  return (request, response, next) => {
    requestArrived(response);
    response.once('close', () => {
      const { path = noRoute } = (request.route ?? {}) as { path?: string | string[] };
      // A route of several paths was asked for by one of them, as it stands.
      const route = typeof path === 'string' ? path : request.path;
      requestEnded({ route: routes.has(route) ? route : noRoute, response });
    });
    next();
  };
}
