import { Router } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { capabilitiesFor } from './capabilities.ts';
import { openApiDocument } from './document.ts';
import { docsPage, homePage } from './pages.ts';

/** What everybody may read: `/`, `/openapi.json`, `/docs`. Nothing in it depends on who asks. */
export function openRoutes(): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const document = openApiDocument();
  const docs = docsPage();
  router
    .route('/')
    .get((request, response) => {
      response.vary('Accept');
      if (request.accepts(['json', 'html']) === 'html') {
        response.type('html').send(homePage(`${request.protocol}://${request.headers.host ?? 'localhost'}`));
      } else {
        response.json({ message: 'Dragoman. POST /chat {"message": "…"} asks it; /openapi.json lists the routes.' });
      }
    })
    .all(onlyMethods('GET'));
  router
    .route('/openapi.json')
    .get((_request, response) => void response.json(document))
    .all(onlyMethods('GET'));
  router
    .route('/docs')
    .get((_request, response) => void response.type('html').send(docs))
    .all(onlyMethods('GET'));
  return router;
}

/** `GET /v1/capabilities`. */
export function capabilityRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/capabilities')
    .get(async (request, response) => {
      response.json(await capabilitiesFor(api, callerOf(request)));
    })
    .all(onlyMethods('GET'));
  return router;
}
