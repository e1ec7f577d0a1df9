import { z } from 'zod';
import { archiveVariables } from '#shared/archive/variables.ts';
import { flag, integer, list } from '#shared/ground/config.ts';
import { memoryVariables } from '#shared/memory/variables.ts';
import { gatewayVariables } from '#shared/process/gateway-variables.ts';
import { redisVariables } from '#shared/redis/variables.ts';
import { serviceVariables } from '#shared/process/variables.ts';
import { signingVariables } from '#shared/rights/variables.ts';
import { toolBudgetVariables } from '#shared/servers/tool-budget.ts';

const usd = z.coerce.number().positive('must be more than 0');

export const config = z.object({
  ...serviceVariables,
  ...redisVariables,
  ...signingVariables,
  ...gatewayVariables,
  SYSTEM_PROMPT: z.string().optional().meta({ description: 'The system prompt, in place of SYSTEM_PROMPT_FILE' }),
  SYSTEM_PROMPT_FILE: z
    .string()
    .default('litellm/prompts/system.md')
    .meta({ description: 'File with the system prompt; read again whenever it changes' }),
  DISCORD_PROMPT_FILE: z
    .string()
    .default('litellm/prompts/discord.md')
    .meta({ description: 'File with what the model is told besides for questions from Discord; read again too' }),
  ENABLE_TOOLS: flag(true).meta({ description: 'Off: the model gets no tools at all' }),
  TOOL_PROTOCOL: z.enum(['auto', 'native', 'prompted']).default('auto').meta({
    description:
      'How tools reach the model: its own tool calls, a JSON protocol in the prompt, or what the model can do',
  }),
  WORKER_CONCURRENCY: integer(50, 1, 1_000).meta({ description: 'Runs that one worker process works on at once' }),
  SHUTDOWN_GRACE_MS: integer(10_000, 0, 600_000).meta({
    description: 'Milliseconds that runs under way get after SIGTERM before another worker takes them over',
  }),
  POLICY_FILE: z.string().default('mcp/policy.yaml').meta({ description: 'Who may use which tools' }),
  MCP_SERVERS_FILE: z.string().default('mcp/servers.json').meta({ description: 'Which MCP servers exist' }),
  TOOL_RUNNERS: list().meta({
    description:
      'Where tool-runners listen, if not at their Compose names: name=url, or name=off for none; comma-separated',
    example: 'postgres=http://127.0.0.1:9101/mcp',
  }),
  ...toolBudgetVariables,
  MAX_ITERATIONS: integer(12, 1, 100).meta({ description: 'Model turns with tools that a run gets' }),
  MAX_CALLS_PER_ANSWER: integer(32, 1, 1_000).meta({
    description: 'Tool calls of one model answer that are made; the model is told of those that are left out',
  }),
  RUN_DEADLINE_MS: integer(300_000, 1_000, 86_400_000).meta({
    description: 'Milliseconds that a run may be worked on; waiting for a human does not count',
  }),
  RUN_BUDGET_USD: usd
    .optional()
    .meta({ description: 'US dollars that the model may cost per run; no limit when unset' }),
  RUN_MAX_ATTEMPTS: integer(8, 1, 1_000).meta({
    description: 'Workers that may die over a run without progress before it is given up',
  }),
  APPROVAL_TTL_MS: integer(900_000, 1_000, 86_400_000).meta({
    description: 'Milliseconds that a human has for a decision',
  }),
  HISTORY_MAX_TOKENS: integer(8_000, 0, 2_000_000).meta({
    description: 'Tokens of the earlier conversation that go to the model',
  }),
  HISTORY_SUMMARY: flag(true).meta({
    description: 'Whether a model writes a summary of what no longer fits of a conversation',
  }),
  SUMMARY_MODEL: z.string().optional().meta({
    description: 'The model that writes summaries of conversations; the one that answers when unset',
    example: 'gpt-5-mini',
  }),
  HISTORY_MAX_MESSAGES: integer(100, 0, 10_000).meta({ description: 'Messages kept per conversation' }),
  HISTORY_TTL_MS: integer(30 * 86_400_000, 60_000, 400 * 86_400_000).meta({
    description: 'Milliseconds after which a silent conversation is forgotten',
  }),
  RETENTION_RUNS_MS: integer(7 * 86_400_000, 600_000, 400 * 86_400_000).meta({
    description:
      'Milliseconds that Redis keeps runs which did not fail, with their journals; with an archive ARCHIVE_AFTER_HOURS if that is less',
  }),
  RETENTION_RUNS_MAX: integer(100_000, 0, 10_000_000).meta({
    description:
      'Runs that Redis keeps at most, failed ones apart; the oldest go first, to the archive where there is one',
  }),
  RETENTION_FAILED_MS: integer(30 * 86_400_000, 0, 400 * 86_400_000).meta({
    description:
      'Milliseconds that failed runs are kept in Redis, for replay; then they go to the archive where there is one',
  }),
  RETENTION_FAILED_MAX: integer(10_000, 0, 1_000_000).meta({
    description: 'Failed runs that Redis keeps at most; the oldest go first',
  }),
  RETENTION_UNSTORED_MS: integer(3_600_000, 600_000, 400 * 86_400_000).meta({
    description:
      'Milliseconds that runs with `store: false` are kept after their end; failed ones stay as long as any other',
  }),
  RETENTION_CONVERSATIONS_MAX: integer(20_000, 0, 10_000_000).meta({
    description: 'Conversations whose history is kept at most; the longest silent go first',
  }),
  RETENTION_AUDIT_MS: integer(90 * 86_400_000, 600_000, 4_000 * 86_400_000).meta({
    description:
      'Milliseconds that Redis keeps rows of the audit log; with an archive ARCHIVE_AFTER_HOURS if that is less',
  }),
  RETENTION_AUDIT_MAX: integer(200_000, 1, 100_000_000).meta({
    description:
      'Rows of the audit log that Redis keeps at most, about 350 bytes each with their index; the oldest go first',
  }),
  ...archiveVariables,
  ARCHIVE_KEEP_DAYS: integer(365, 1, 36_500).meta({
    description: 'Days that the archive keeps runs and rows of the audit log',
  }),
  RETENTION_MEMORY_PERCENT: integer(80, 1, 100).meta({
    description: "Share of Redis' maxmemory from which on the oldest runs go before their time, failed ones last",
  }),
  ...memoryVariables,
  MEMORY_EMBEDDING_MODEL: z.string().optional().meta({
    description: "The gateway's embedding model, to search memories by meaning as well; by words alone when unset",
    example: 'text-embedding-3-small',
  }),
  TOOL_TIMEOUT_MS: integer(60_000, 100, 3_600_000).meta({ description: 'Milliseconds that one tool call may take' }),
  TOOL_RESULT_MAX_CHARS: integer(60_000, 500, 5_000_000).meta({
    description: 'Characters of a tool result that the model sees',
  }),
  TOOLS_REFRESH_MS: integer(60_000, 100, 86_400_000).meta({
    description: "Milliseconds after which a tool-runner's list of tools is read again",
  }),
  MODEL_TIMEOUT_MS: integer(300_000, 1_000, 3_600_000).meta({
    description: 'Milliseconds that one model answer may take',
  }),
  MODEL_FIRST_TOKEN_TIMEOUT_MS: integer(90_000, 100, 3_600_000).meta({
    description: 'Milliseconds until a model answer must begin',
  }),
  MODEL_IDLE_TIMEOUT_MS: integer(60_000, 100, 3_600_000).meta({
    description: 'Milliseconds between two pieces of a streamed answer',
  }),
  MODEL_RETRY_BUDGET_MS: integer(120_000, 0, 3_600_000).meta({
    description: 'Milliseconds that a run waits for a model that is busy or away',
  }),
  MODEL_MAX_OUTPUT_TOKENS: z.coerce.number().int().positive().optional().meta({
    description: 'Limit on the tokens of one model answer; the model decides when unset',
  }),
});

export type WorkerConfig = z.output<typeof config>;
