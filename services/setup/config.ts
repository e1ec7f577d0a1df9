import { z } from 'zod';
import { serviceVariables } from '#shared/process/variables.ts';

export const config = z.object({
  LOG_LEVEL: serviceVariables.LOG_LEVEL,
  SECRETS_DIR: z
    .string()
    .default('/secrets')
    .meta({ description: 'Folder with one mounted volume per group of secrets' }),
  MCP_SERVERS_FILE: z.string().default('mcp/servers.json').meta({ description: 'Which MCP servers exist' }),
  DISCORD_TOKEN: z
    .string()
    .optional()
    .meta({ description: "The bot's token, from Discord's developer portal", secret: true }),
  LLM_API_KEY: z.string().optional().meta({ description: "The model provider's key, for LiteLLM", secret: true }),
});
