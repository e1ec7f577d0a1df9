import { Router } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { ApiError, onlyMethods } from '../http/errors.ts';

/** `/v1/models`: the names that the caller may ask for. */
export function modelRoutes({ models }: Api): Router {
  const router = Router({ caseSensitive: true, strict: false });
  router
    .route('/v1/models')
    .get(async (request, response) => {
      const names = await models.list(callerOf(request));
      response.json({ object: 'list', data: names.map(entry) });
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/models/:model')
    .get(async (request, response) => {
      const { model } = request.params;
      if (!(await models.list(callerOf(request))).includes(model)) {
        throw new ApiError(404, 'There is no model of this name for this key.', { code: 'model_not_found' });
      }
      response.json(entry(model));
    })
    .all(onlyMethods('GET'));
  return router;
}

function entry(id: string) {
  return { id, object: 'model', created: 0, owned_by: 'dragoman' };
}
