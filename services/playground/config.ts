import { z } from 'zod';
import { flag, integer, port } from '#shared/ground/config.ts';
import { serviceVariables } from '#shared/process/variables.ts';

/** The playground's environment variables. */
export const playgroundConfig = z.object({
  ...serviceVariables,
  PLAYGROUND_HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address that the playground listens on; it is meant for this machine only' }),
  PLAYGROUND_PORT: port(8090).meta({ description: 'Port of the playground: page, REST, gateway and files' }),
  PLAYGROUND_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: 'Address under which the bot reaches the playground, when it is not the one it listens on',
      example: 'http://playground:8090',
    }),
  // Any token will do: compose.yaml passes on what the operator made up for DISCORD_TOKEN.
  PLAYGROUND_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'Token of the bot in the playground; made up when not set', secret: true }),
  PLAYGROUND_RATE_LIMITS: flag(true).meta({ description: "Whether the playground applies rate limits like Discord's" }),
  PLAYGROUND_HEARTBEAT_MS: integer(41_250, 100, 120_000).meta({
    description: 'How often bots must send a heartbeat, in milliseconds',
  }),
  PLAYGROUND_DATA: z.string().min(1).optional().meta({
    description: 'Folder in which the playground keeps its messages, files and people; without it they end with it',
    example: '.dragoman/playground',
  }),
  PLAYGROUND_WITNESS_FILE: z
    .string()
    .optional()
    .meta({ description: 'File to which each stored message of a bot is appended, for fault tests' }),
});

export type PlaygroundConfig = z.output<typeof playgroundConfig>;
