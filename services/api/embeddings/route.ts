import { Router } from 'express';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { passOn } from '../http/gateway.ts';

const tokens = z.array(z.number().int());
/** Members that nobody knows are left out: with some of its own, LiteLLM asks other models than the key may. */
export const embeddingsSchema = z.object({
  model: z.string('must be the name of a model').min(1, 'must be the name of a model'),
  input: z.union([z.string().min(1, 'must not be empty'), z.array(z.string()).min(1), tokens.min(1), z.array(tokens)], {
    error: 'must be a text, a list of texts, or tokens',
  }),
  encoding_format: z.enum(['float', 'base64'], 'must be float or base64').optional(),
  dimensions: z.number().int().min(1, 'must be at least 1').optional(),
  /** What the texts are for, as Cohere and others want to know it. */
  input_type: z.string().max(100).optional(),
});

/** `POST /v1/embeddings`: passed through to the gateway, for models that the caller may ask for. */
export function embeddingRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/embeddings')
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), async (request, response) => {
      const caller = callerOf(request);
      const body = checkBody(embeddingsSchema, request.body);
      const { model } = await api.models.choose(caller, body.model);
      await api.limits.checkRun(caller, response);
      await passOn(api, { request, response, path: '/embeddings', model, body: { ...body, model } });
    })
    .all(onlyMethods('POST'));
  return router;
}
