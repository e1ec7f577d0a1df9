import { z } from 'zod';
import { httpUrl } from '#shared/ground/config.ts';

/** Where the model gateway is, and which model answers. */
export const gatewayVariables = {
  LITELLM_API_BASE: httpUrl().default('http://127.0.0.1:4000/v1').meta({
    description: 'An OpenAI-compatible endpoint: LiteLLM, or any other',
    example: 'http://litellm:4000/v1',
  }),
  LITELLM_API_KEY: z.string().default('none').meta({ description: 'Key for that endpoint', secret: true }),
  MODEL_NAME: z
    .string()
    .default('default')
    .meta({ description: 'Model (group) that answers when a request names none' }),
};
