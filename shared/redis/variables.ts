import { z } from 'zod';
import { integer } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { parseRedisUrl } from './url.ts';

/** Variables of every service that speaks to Redis. */
export const redisVariables = {
  REDIS_URL: z
    .string()
    .superRefine((url, context) => {
      try {
        parseRedisUrl(url);
      } catch (error) {
        context.addIssue({ code: 'custom', message: errorText(error) });
      }
    })
    .default('redis://127.0.0.1:6379')
    .meta({
      description:
        'Where Redis is; Sentinels, which know the master: redis+sentinel://:password@host:26379,host:26379/master',
      secret: true,
      example: 'redis://:password@redis:6379',
    }),
  REDIS_WAIT_REPLICAS: integer(0, 0, 10).meta({
    description: 'Replicas of Redis that must have a question, a decision or a step of a run before it counts',
  }),
  REDIS_WAIT_TIMEOUT_MS: integer(1_000, 10, 4_000).meta({
    description: 'Milliseconds that replicas have to confirm; then doors refuse, and workers wait on',
  }),
};
