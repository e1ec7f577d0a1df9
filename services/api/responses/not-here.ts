import { Router } from 'express';
import { ApiError } from '../http/errors.ts';

/** Paths of OpenAI's protocol that look like a response and are none, with what to do instead. */
const instead = {
  compact: 'Talks are not compacted here. Go on with previous_response_id, or send a shorter input.',
  input_tokens:
    "Tokens are not counted before a request: the server adds its tools, and the model's provider counts. " +
    'The answer tells them in usage.input_tokens.',
};

/** Refuses them by name. They are no routes, so that nothing describes them as such. */
export function notHere(): Router {
  const router = Router({ caseSensitive: true });
  for (const [name, words] of Object.entries(instead)) {
    router.use(`/v1/responses/${name}`, () => {
      throw new ApiError(404, words, { code: 'unsupported_route' });
    });
  }
  return router;
}
