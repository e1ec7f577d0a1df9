import { z } from 'zod';
import { serviceVariables } from '#shared/config.ts';

export const config = z.object({
  LOG_LEVEL: serviceVariables.LOG_LEVEL,
  SECRETS_DIR: z.string().default('/secrets').meta({ description: 'Folder with one mounted volume per group of secrets' }),
  DISCORD_TOKEN: z
    .string()
    .optional()
    .meta({ description: "The bot's token, from Discord's developer portal", secret: true }),
  LLM_API_KEY: z.string().optional().meta({ description: "The model provider's key, for LiteLLM", secret: true }),
  DEMO_DIR: z.string().default('/demo').meta({ description: 'Folder with the objects of the demo bucket' }),
  S3_DATA_DIR: z.string().default('/data').meta({ description: "Folder of the S3 server's volume" }),
});
