import express, { type Express } from 'express';
import { readiness } from '#shared/process/health.ts';
import type { ReadinessCheck } from '#shared/process/health.ts';
import type { Api } from '../api.ts';
import { chatRoutes } from '../chat/route.ts';
import { embeddingRoutes } from '../embeddings/route.ts';
import { mcpRoutes } from '../mcp/route.ts';
import { modelRoutes } from '../models/route.ts';
import { operations } from '../openapi/document.ts';
import { capabilityRoutes, openRoutes } from '../openapi/route.ts';
import { responseRoutes } from '../responses/route.ts';
import { approvalRoutes } from '../runs/approvals-route.ts';
import { failedRoutes } from '../runs/failed-route.ts';
import { reportRoutes } from '../runs/reports-route.ts';
import { runRoutes } from '../runs/route.ts';
import { sessionRoutes } from '../sessions/route.ts';
import { toolRoutes } from '../tools/route.ts';
import { uiRoutes } from '../ui/route.ts';
import { authenticate } from './authenticate.ts';
import { cors } from './cors.ts';
import { onlyMethods, sendError, unknownRoute, wellAddressed } from './errors.ts';
import { measure } from './measure.ts';
import { countRequests } from './request-counts.ts';
import { securityHeaders } from './security-headers.ts';

/** All routes, in the order in which a request passes them. */
export function createApp(api: Api, checks: Record<string, ReadinessCheck>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.use(wellAddressed);
  app.use(measure(new Set(operations.map(({ path }) => path))));
  app.use(securityHeaders());
  app.use(cors(api.config.API_CORS_ORIGINS));
  // What watches the service needs no key and counts for nobody.
  app
    .route(['/healthz', '/health'])
    .get((_request, response) => void response.json({ status: 'ok' }))
    .all(onlyMethods('GET'));
  app
    .route('/readyz')
    .get(async (_request, response) => {
      const { ready } = await readiness(checks);
      // Details are for operators, on the metrics port.
      response.status(ready ? 200 : 503).json({ ready });
    })
    .all(onlyMethods('GET'));
  app.use(openRoutes());
  app.use(authenticate(api.ring), countRequests(api.limits.requests));
  app.use(modelRoutes(api), chatRoutes(api), responseRoutes(api), embeddingRoutes(api));
  app.use(uiRoutes(api), sessionRoutes(api), toolRoutes(api));
  app.use(capabilityRoutes(api), mcpRoutes(api));
  app.use(runRoutes(api), failedRoutes(api), approvalRoutes(api), reportRoutes(api));
  app.use(unknownRoute);
  app.use(sendError);
  return app;
}
