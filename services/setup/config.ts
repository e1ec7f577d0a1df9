import { z } from 'zod';
import { serviceVariables } from '#shared/process/variables.ts';

export const config = z.object({
  LOG_LEVEL: serviceVariables.LOG_LEVEL,
  SECRETS_DIR: z
    .string()
    .default('/secrets')
    .meta({ description: 'Folder with one mounted volume per group of secrets' }),
  DISCORD_TOKEN: z
    .string()
    .optional()
    .meta({ description: "The bot's token, from Discord's developer portal", secret: true }),
  LLM_API_KEY: z.string().optional().meta({ description: "The model provider's key, for LiteLLM", secret: true }),
  S3_DATA_DIR: z.string().default('/data').meta({ description: "Folder of the S3 server's volume" }),
  FILESYSTEM_ROOT: z.string().default('/workspace').meta({ description: 'Folder that the file tools are confined to' }),
});
