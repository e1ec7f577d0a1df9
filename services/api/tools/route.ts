import { Router } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { catalogueOf } from './server-tools.ts';

/** `GET /v1/tools`: what the caller may use, and what needs a yes. */
export function toolRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/tools')
    .get(async (request, response) => {
      const caller = callerOf(request);
      const { tools, unreachable } = await catalogueOf(api);
      const policy = api.policy.current();
      const data = tools.flatMap(({ name, domain, title, description, readOnly, inputSchema }) => {
        const permission = policy.permission(caller, name);
        if (permission === 'deny') return [];
        return [{ name, domain, title, description, read_only: readOnly, permission, input_schema: inputSchema }];
      });
      response.json({ object: 'list', data, unreachable });
    })
    .all(onlyMethods('GET'));
  return router;
}
