import { z } from 'zod';
import { config as discordTools } from '#mcp/discord/settings.ts';
import { footerModes, languages, progressModes } from '#shared/ground/vocabulary.ts';
import { flag, ids, integer, list, port } from '#shared/ground/config.ts';
import { busyModes } from '#shared/ground/vocabulary.ts';
import { memoryVariables } from '#shared/memory/variables.ts';
import { gatewayVariables } from '#shared/process/gateway-variables.ts';
import { redisVariables } from '#shared/redis/variables.ts';
import { zoneNamed } from '#shared/schedules/zone.ts';
import { serviceVariables } from '#shared/process/variables.ts';
import { signingVariables } from '#shared/rights/variables.ts';
import { shardCount, shardIds } from './shards.ts';
import { displayOverrides, styles } from './display.ts';

/** The ingress' environment variables. Lists take ids, comma- or space-separated. */
export const config = z.object({
  ...serviceVariables,
  ...redisVariables,
  DISCORD_TOKEN: z.string().meta({
    description: "The bot's token, from the Discord developer portal, page Bot",
    secret: true,
  }),
  DISCORD_API_BASE: z
    .url({ protocol: /^https?$/ })
    .default('https://discord.com/api')
    .meta({ description: "Where Discord's REST API is; the playground's address for trying the bot without Discord" }),
  DISCORD_GUILDS_ALLOW: list('', ids).meta({ description: 'Ids of servers in which the bot answers; all when empty' }),
  DISCORD_CHANNELS_ALLOW: list('', ids).meta({
    description: 'Ids of channels in which the bot answers; all when empty',
  }),
  DISCORD_CHANNELS_DENY: list('', ids).meta({ description: 'Ids of channels in which the bot never answers' }),
  DISCORD_PEOPLE_ALLOW: list('', ids).meta({
    description: 'Ids of people or roles that the bot answers; all when empty',
  }),
  DISCORD_PEOPLE_DENY: list('', ids).meta({ description: 'Ids of people or roles that the bot never answers' }),
  DISCORD_BOTS_ALLOW: list('', ids).meta({ description: 'Ids of other bots that the bot answers; none when empty' }),
  DISCORD_DM: flag(true).meta({ description: 'Whether the bot answers direct messages' }),
  DISCORD_BURST_MS: integer(600, 0, 1_500).meta({
    description: 'Milliseconds of silence after which messages that one person wrote in a row are answered together',
  }),
  DISCORD_BUSY: z.enum(busyModes).default('queue').meta({
    description:
      'What becomes of a message while an earlier question of its author there is answered, where nobody has set it: queue, steer (handed to the model at its next step) or interrupt',
  }),
  DISCORD_MAX_PENDING: integer(10, 1, 1_000).meta({ description: 'Unanswered questions that one person may have' }),
  DISCORD_CONTEXT_MESSAGES: integer(25, 0, 200).meta({
    description:
      'Earlier messages of a reply chain, or of a thread (of one the latest 100 at most), that go to the model',
  }),
  DISCORD_MAX_TEXT_CHARS: integer(100_000, 1_000, 180_000).meta({
    description: 'Characters of attached text files that go to the model',
  }),
  DISCORD_MAX_IMAGES: integer(4, 0, 20).meta({ description: 'Images of one question that go to the model' }),
  LITELLM_API_BASE: gatewayVariables.LITELLM_API_BASE,
  LITELLM_API_KEY: gatewayVariables.LITELLM_API_KEY,
  TRANSCRIPTION_MODEL: z.string().default('').meta({
    description: 'Model of the gateway that transcribes voice messages and other recordings; none when empty',
    example: 'whisper',
  }),
  DISCORD_STYLE: z.enum(styles).default('plain').meta({ description: 'How answers look: plain text or embeds' }),
  DISCORD_PROGRESS: z.enum(progressModes).default('new').meta({
    description: 'Tools shown while a run lasts: off, new (the current one), all, or verbose (with arguments)',
  }),
  DISCORD_FOOTER: z.enum(footerModes).default('short').meta({
    description:
      'Line beneath an answer: off, short (tools with what they brought, duration, cost) or verbose (also model, tokens, run)',
  }),
  DISCORD_CHANNEL_DISPLAY: displayOverrides.meta({
    description: 'Other looks for single channels: channel=style/progress/footer, comma-separated',
    example: '123456789012345678=embeds/all/verbose',
  }),
  DISCORD_REACTIONS: flag(true).meta({ description: 'Whether questions get 👀, then ✅, ❌ or ⏹️' }),
  DISCORD_PRESENCE: flag(true).meta({
    description: 'Whether the bot shows beside its name that it is ready, or that it cannot take questions',
  }),
  DISCORD_DEAF_MINUTES: integer(5, 2, 1_440).meta({
    description:
      'Minutes without a word from Discord after which the ingress ends, to be started anew by its supervisor',
  }),
  DISCORD_CATCH_UP_MINUTES: integer(60, 0, 1_440).meta({
    description: 'Messages that came while the bot was away are answered when they are younger than this; 0: none',
  }),
  DISCORD_APPROVERS: list('', ids).meta({
    description: 'Ids of people or roles that may decide approvals for others, besides moderators',
  }),
  DISCORD_SHARDS: shardCount.meta({
    description: 'Shards of the bot: auto, as Discord recommends, or a number',
  }),
  DISCORD_SHARD_IDS: shardIds.meta({
    description: 'Shards that this process connects, such as 0-3, where DISCORD_SHARDS is a number; all when empty',
  }),
  DISCORD_SHARDS_EACH: integer(0, 0, 10_000).meta({
    description:
      'Shards that this process takes of those that no other process has, waiting until there are any, without DISCORD_SHARD_IDS; 0: those of DISCORD_SHARD_IDS',
  }),
  DISCORD_LANGUAGE: z.enum(languages).default('en').meta({
    description: "Language of the bot's own words where neither people nor servers say one: en, de, fr, es, pt or ja",
  }),
  DISCORD_SCHEDULES_PER_PERSON: integer(10, 0, 1_000).meta({
    description: 'Scheduled questions that one person may have',
  }),
  DISCORD_SCHEDULES_PER_SERVER: integer(50, 0, 10_000).meta({
    description: 'Scheduled questions that one server may have',
  }),
  DISCORD_SCHEDULE_MIN_MINUTES: integer(15, 1, 1_440).meta({
    description: 'The shortest time between two occurrences of a scheduled question, in minutes',
  }),
  DISCORD_TIMEZONE: z
    .string()
    .default('UTC')
    .refine((zone) => zoneNamed(zone) !== undefined, 'is no time zone such as Europe/Berlin')
    .meta({ description: 'Time zone of scheduled questions of people who have not named one yet' }),
  POLICY_FILE: z.string().default('mcp/policy.yaml').meta({ description: 'Who may use which tools' }),
  REPLIES_CONCURRENCY: integer(1_000, 1, 10_000).meta({ description: 'Runs that one ingress shows at once' }),
  ...discordTools.shape,
  ...memoryVariables,
  DRAGOMAN_SIGNING_KEY: signingVariables.DRAGOMAN_SIGNING_KEY.optional(),
  MCP_SERVERS_FILE: z.string().default('mcp/servers.json').meta({ description: 'Which MCP servers exist' }),
  DISCORD_TOOLS_PORT: port(8081).meta({ description: 'Port at which workers call the Discord tools of the ingress' }),
  DISCORD_TOOLS_HOST: z.string().default('127.0.0.1').meta({ description: 'Address that they are served at' }),
  SHUTDOWN_GRACE_MS: integer(3_000, 0, 600_000).meta({
    description:
      'Milliseconds that answers on their way to Discord get after SIGTERM before another ingress shows them',
  }),
});

export type IngressConfig = z.output<typeof config>;
