import { z } from 'zod';
import { callerKinds, footerModes, progressModes } from '#shared/ground/vocabulary.ts';
import { clientRequestSchema } from './client-request.ts';

/** Who asked. The door establishes the identity, never the text; the policy derives rights from it. */
export const callerSchema = z.object({
  kind: z.enum(callerKinds),
  /** Discord user id, operating-system user, or API key name. */
  id: z.string().min(1).max(200),
  name: z.string().max(200).default(''),
  /** Ids and names of the Discord roles at the time of asking. */
  discordRoles: z.array(z.string()).default([]),
  /** Roles of the policy that the door itself has established: those of an API key. */
  roles: z.array(z.string()).optional(),
  guild: z.string().optional(),
  channel: z.string().optional(),
});
export type Caller = z.infer<typeof callerSchema>;

/** A message of the conversation before this request, as the door saw it. */
export const contextMessageSchema = z.object({
  role: z.enum(['user', 'assistant']),
  name: z.string().optional(),
  content: z.string(),
});
export type ContextMessage = z.infer<typeof contextMessageSchema>;

export const imageSchema = z.object({ url: z.string(), mediaType: z.string() });

/** A table that came with a question: its rows, packed, for tools that query them. */
export const attachedTableSchema = z.object({
  /** Its name in queries; no two of a request are alike. */
  name: z.string().regex(/^[a-z_][a-z0-9_]{0,59}$/),
  columns: z.array(z.object({ name: z.string().min(1).max(120), type: z.enum(['INTEGER', 'REAL', 'TEXT']) })).max(200),
  rows: z.number().int().min(0),
  /** The rows as JSON (lists of values in the order of the columns), gzipped, in base64. */
  data: z.string().max(8_000_000),
});
export type AttachedTable = z.infer<typeof attachedTableSchema>;

/** Most tables of one question. */
export const maxTables = 10;

export const runModes = ['autonomous', 'single-shot', 'guided'] as const;
export type RunMode = (typeof runModes)[number];

/** Whose wishes a part of the system prompt holds, in the order in which the model is told them. */
export const promptLayers = ['persona', 'server', 'channel', 'thread', 'person'] as const;

/** What the model is told besides the operator's prompt, as it stood when the request was accepted. */
export const scopedPromptSchema = z.object({
  layers: z.array(z.object({ of: z.enum(promptLayers), text: z.string().max(4_000) })).max(10),
  /** Names for the prompts' variables; absent where there is no such place. */
  server: z.string().max(200).optional(),
  channel: z.string().max(200).optional(),
});
export type ScopedPrompt = z.infer<typeof scopedPromptSchema>;

/** Where in Discord the answer goes. */
export const discordTargetSchema = z.object({
  guild: z.string().optional(),
  channel: z.string(),
  /** The message that is replied to; absent for slash commands. */
  message: z.string().optional(),
  /** Ids of all messages that were joined into this request. */
  messages: z.array(z.string()).default([]),
  /** The question in the person's words, for an answer to a command, above which Discord shows no question. */
  quote: z.string().max(400).optional(),
  /** A line that stands above the answer, where nothing else says what was asked. */
  heading: z.string().max(400).optional(),
  /** An id of Discord's that is older than the answer, where there is neither message nor interaction. */
  after: z.string().optional(),
  /** Token of the interaction, for deferred replies; valid for 15 minutes. */
  interaction: z
    .object({
      id: z.string(),
      token: z.string(),
      application: z.string(),
      at: z.number(),
      /** True where the token is the only way to write: the bot is no member there, or cannot see the channel. */
      only: z.boolean().optional(),
    })
    .optional(),
  /** What the place's settings say of how the run is shown; what is absent follows from the configuration. */
  display: z.object({ progress: z.enum(progressModes).optional(), footer: z.enum(footerModes).optional() }).optional(),
});
export type DiscordTarget = z.infer<typeof discordTargetSchema>;

/** Most characters of a question. */
export const questionMax = 200_000;

/** What a door hands over: the durable request. Its limits are checked here, once for all doors. */
export const runRequestSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
  caller: callerSchema,
  /** Runs of one conversation are answered in order and share a history. */
  conversation: z.string().min(1).max(300),
  /** The question. */
  text: z.string().max(questionMax),
  images: z.array(imageSchema).max(20).default([]),
  tables: z.array(attachedTableSchema).max(maxTables).optional(),
  /** Earlier messages; when present they replace the stored history. */
  context: z.array(contextMessageSchema).max(500).optional(),
  mode: z.enum(runModes).default('autonomous'),
  model: z.string().max(200).optional(),
  prompt: scopedPromptSchema.optional(),
  /** False: the run gets no tools. */
  tools: z.boolean().default(true),
  maxIterations: z.number().int().min(1).max(100).optional(),
  /** Milliseconds from acceptance until the run must end. */
  deadlineMs: z.number().int().min(1_000).optional(),
  budgetUsd: z.number().positive().optional(),
  /** What the caller's key may cost in a calendar month, where the key says it. */
  monthUsd: z.number().nonnegative().optional(),
  discord: discordTargetSchema.optional(),
  /** True: the run is forgotten soon after it has ended, unless it failed, and never goes to the archive. */
  unstored: z.boolean().optional(),
  /** What a program sent beside its question. */
  client: clientRequestSchema.optional(),
  /** The run that this one replays. */
  replayOf: z.string().optional(),
  /** No tool is called: the replayed run's recorded results answer, and other calls are only named. */
  dryRun: z.boolean().optional(),
});
export type RunRequest = z.output<typeof runRequestSchema>;
/** A request before its defaults are filled in. */
export type RunRequestInput = z.input<typeof runRequestSchema>;

export type RunStatus = 'queued' | 'running' | 'waiting' | 'ended';

export const usageSchema = z.object({
  inputTokens: z.number().default(0),
  outputTokens: z.number().default(0),
  /** Of the tokens in, those that the provider had read before; absent where it does not tell. */
  cachedTokens: z.number().optional(),
  /** Of the tokens out, those that the model thought with; absent where its provider does not tell. */
  reasoningTokens: z.number().optional(),
  /** US dollars. */
  costUsd: z.number().default(0),
  /** True when the cost comes from prices and counts instead of the gateway's own figure. */
  estimated: z.boolean().default(false),
});
export type Usage = z.infer<typeof usageSchema>;

/** Nothing used, nothing spent. */
export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };

export function addUsage(a: Usage, b: Usage): Usage {
  const cachedTokens = addTold(a.cachedTokens, b.cachedTokens);
  const reasoningTokens = addTold(a.reasoningTokens, b.reasoningTokens);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    costUsd: a.costUsd + b.costUsd,
    estimated: a.estimated || b.estimated,
  };
}

/** What nobody told is not 0. */
function addTold(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

/** The key under which a caller's runs are counted and limited. */
export function callerKey(caller: Caller): string {
  return `${caller.kind}:${caller.id}`;
}

/** The names that find a caller in indexes: `kind:id` and `kind:name`, the same where there is no name. */
export function callerNames(caller: Pick<Caller, 'kind' | 'id' | 'name'>): [byId: string, byName: string] {
  const { kind, id, name } = caller;
  return [`${kind}:${id}`, `${kind}:${name === '' ? id : name}`];
}

/** A caller as records and audit rows store it. */
export function whoOf(caller: Caller): string {
  return `${callerKey(caller)} ${caller.name}`.trimEnd();
}

/** The names of the person in a text that `whoOf` made, if their id has no space; '' for an unknown one. */
export function namesOfWho(who: string): [byId: string, byName: string] {
  const [, kind = '', id = '', name = ''] = /^(\w+):(\S*)(?: (.*))?$/s.exec(who) ?? [];
  return kind === '' ? ['', ''] : [`${kind}:${id}`, `${kind}:${name === '' ? id : name}`];
}

/** Names in indexes that an operator may mean by a person's id or name, with or without the kind of caller. */
export function namesMeant(person: string): string[] {
  const kind = callerKinds.find((each) => person.startsWith(`${each}:`));
  return [...callerKinds.map((each) => `${each}:${person}`), ...(kind === undefined ? [] : [person])];
}

/** The run id of a Discord message: the same message never makes two runs. */
export function discordRunId(messageId: string): string {
  return `discord-${messageId}`;
}
