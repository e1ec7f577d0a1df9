import { z } from 'zod';
import { runOutcomes } from '#shared/ground/vocabulary.ts';
import { runRequestSchema, usageSchema } from './request.ts';
import { approvalDecisions, toolOutcomes } from '#shared/ground/vocabulary.ts';

const toolCallSchema = z.object({
  /** The model's id, echoed byte for byte: some providers hide signatures in it. */
  id: z.string(),
  name: z.string(),
  /** JSON; raw text as the model wrote it where that cannot be read. */
  arguments: z.string(),
  /** What the provider wants back with the call, such as Gemini's signature of a thought. */
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

/** What the model thought before it answered. It is no part of the answer. */
const thoughtSchema = z.object({
  /** For people; long ones are cut. */
  text: z.string(),
  /** The field in which its provider wants the text back, if it does. */
  field: z.string().optional(),
  /** In the provider's own form, with signatures, by field: what it wants back in the place of the text. */
  blocks: z.record(z.string(), z.array(z.unknown())).optional(),
});
export type Thought = z.infer<typeof thoughtSchema>;

/**
 * Why an answer is not whole, though it arrived: its length was limited, its provider's filter cut it off, or tool calls
 * that it had are not there.
 */
export const answerEndings = ['cut', 'filtered', 'lost-calls'] as const;

const step = z.number().int().min(0);
const call = z.number().int().min(0);

/** The run was accepted by a door. */
const accepted = z.object({ type: z.literal('run.accepted'), request: runRequestSchema });
/** A worker took the run; entries of smaller epochs end here. */
const claimed = z.object({ type: z.literal('run.claimed'), epoch: z.number().int(), worker: z.string() });
/** The model answered; stored before any of its tool calls runs. */
const modelAnswered = z.object({
  type: z.literal('model.answered'),
  step,
  model: z.string(),
  text: z.string(),
  toolCalls: z.array(toolCallSchema),
  /** How many calls beyond the limit of one answer, or not whole, were neither stored nor made. */
  leftOut: z.number().int().optional(),
  /** The provider's word for the end of the answer. */
  finishReason: z.string(),
  /** Absent when the answer is whole, and in entries of versions that did not store it. */
  ending: z.enum(answerEndings).optional(),
  thought: thoughtSchema.optional(),
  usage: usageSchema,
  /** How many of the run's `steered` entries the model had heard; absent for none. */
  heard: z.number().int().optional(),
  /** Milliseconds. */
  durationMs: z.number(),
  firstTokenMs: z.number().optional(),
});
/** A model request failed; `retryInMs` is set when it will be tried again. */
const modelFailed = z.object({
  type: z.literal('model.failed'),
  step,
  attempt: z.number().int(),
  reason: z.string(),
  message: z.string(),
  /** What the upstream said, without secrets: for operators, never shown to the person who asked. */
  upstream: z.string().optional(),
  retryInMs: z.number().optional(),
});
/**
 * What doors were shown of an answer that broke off: it does not stand, and the step begins again, if it does. Doors
 * that number what they send count it in.
 */
const answerBrokeOff = z.object({
  type: z.literal('answer.broke-off'),
  step,
  text: z.string(),
  /** About what it used, where it was stopped: it counts like that of an answer which stands. */
  usage: usageSchema.optional(),
});
/** A tool is about to be called: written before the call leaves the worker. */
const toolIntended = z.object({
  type: z.literal('tool.intended'),
  step,
  call,
  tool: z.string(),
  domain: z.string(),
  arguments: z.string(),
  /** True when repeating the call is harmless. */
  repeatable: z.boolean(),
  /** True when the call changes nothing; absent in entries of versions that did not store it. */
  readOnly: z.boolean().optional(),
  idempotencyKey: z.string(),
});

const pictureSchema = z.object({
  name: z.string(),
  mimeType: z.string(),
  bytes: z.number().int(),
  /** In base64. It stands beside the journal; absent where it is not kept any more, or nobody asked for it. */
  data: z.string().optional(),
});
export type Picture = z.infer<typeof pictureSchema>;

/** How much a result holds, such as 15 `rows`; `more`: there was more than the tool gave. */
const resultSizeSchema = z.object({ count: z.number().int(), of: z.string(), more: z.boolean().optional() });
export type ResultSize = z.infer<typeof resultSizeSchema>;

/** The result that the model sees; written before it is used. */
const toolFinished = z.object({
  type: z.literal('tool.finished'),
  step,
  call,
  tool: z.string(),
  domain: z.string().default(''),
  outcome: z.enum(toolOutcomes),
  content: z.string(),
  /** Characters of the whole content, when `content` is only its beginning and the whole stands beside the journal. */
  apart: z.number().int().optional(),
  /** Pictures of the result, which `content` names. */
  pictures: z.array(pictureSchema).optional(),
  /** For people; absent where the tool does not tell. */
  size: resultSizeSchema.optional(),
  durationMs: z.number(),
  /** Milliseconds of the duration that Dragoman itself took. */
  overheadMs: z.number().optional(),
  /** True when the content comes from outside: writes after it need an approval. */
  outside: z.boolean().optional(),
  /** Names of tools that the model was looking for: it is told of them from now on, the best first. */
  found: z.array(z.string()).optional(),
});
/** A human is asked; the run waits without holding a worker. */
const approvalRequested = z.object({
  type: z.literal('approval.requested'),
  approval: z.string(),
  step,
  call,
  tool: z.string(),
  arguments: z.string(),
  argumentsHash: z.string(),
  kind: z.enum(['policy', 'guided', 'unknown-outcome']),
  /** A sentence for the human: why there is a question. */
  why: z.string().optional(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});

const approvalDecided = z.object({
  type: z.literal('approval.decided'),
  approval: z.string(),
  decision: z.enum(approvalDecisions),
  by: z.string(),
  reason: z.string().optional(),
});
/** The model asks the person back; the run waits without holding a worker. */
const questionAsked = z.object({
  type: z.literal('question.asked'),
  question: z.string(),
  step,
  call,
  text: z.string(),
  choices: z.array(z.string()).optional(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});
/** What came of it: words, or why there are none. */
const questionAnswered = z.object({
  type: z.literal('question.answered'),
  question: z.string(),
  by: z.string(),
  text: z.string().optional(),
  none: z.enum(['expired', 'unasked']).optional(),
});
/** How far the run looks back into its talk. Absent where nothing was said before. */
const talkRead = z.object({
  type: z.literal('talk.read'),
  model: z.string(),
  /** Earlier messages that go to the model, and about how many tokens they and the summary take. */
  messages: z.number().int(),
  tokens: z.number().int(),
  /** Tokens that they may take. */
  room: z.number().int(),
  /** Messages that did not fit and are in no summary. */
  leftOut: z.number().int(),
  /** Messages that the summary stands for. */
  summarised: z.number().int().optional(),
});
/** Something worth telling the person once: waiting for the model, history shortened. */
const notice = z.object({ type: z.literal('notice'), key: z.string(), text: z.string() });
/** Somebody said more while the run was under way; the model hears it before its next step. */
const steered = z.object({ type: z.literal('steered'), by: z.string(), text: z.string() });
const stopRequested = z.object({ type: z.literal('stop.requested'), by: z.string() });
/** Where a replay begins: its first `steps` steps are copied from the run that it replays. */
const replayBegan = z.object({
  type: z.literal('replay.began'),
  of: z.string(),
  from: z.enum(['start', 'failed-step']),
  steps: step,
  by: z.string(),
});
/**
 * A call of the replayed run that is not among the copied steps. The same call (tool and arguments) gets this result
 * and is not made. Without `result` its outcome is unknown; with `again` the operator wants it made once more.
 */
const replayRecorded = z.object({
  type: z.literal('replay.recorded'),
  /** The run that made the call; `step` and `call` say where. */
  run: z.string(),
  step,
  call,
  tool: z.string(),
  /** Hash of the arguments as the model wrote them (`writtenArgumentsHash`). */
  argumentsHash: z.string(),
  result: z
    .object({
      outcome: toolFinished.shape.outcome,
      content: z.string(),
      apart: toolFinished.shape.apart,
      outside: z.boolean().optional(),
    })
    .optional(),
  again: z.boolean().optional(),
});
/** The end; exactly one per run. */
const ended = z.object({
  type: z.literal('run.ended'),
  outcome: z.enum(runOutcomes),
  /** The answer, or the sentence that says what went wrong. */
  text: z.string(),
  /** Calls of the client's own tools with which the answer ends; the client asks anew with their results. */
  calls: z.array(toolCallSchema).optional(),
  reason: z.string().optional(),
  step: step.optional(),
  usage: usageSchema,
  models: z.array(z.string()).default([]),
  tools: z.array(z.string()).default([]),
  iterations: z.number().int().default(0),
  durationMs: z.number(),
  firstTokenMs: z.number().optional(),
});
/** A part of the answer stands in Discord. */
const delivered = z.object({
  type: z.literal('delivered'),
  part: z.number().int(),
  message: z.string(),
  channel: z.string(),
});
/** The answer will not stand in Discord: the bot may not write there, the channel is gone, or Discord refuses it. */
const undeliverable = z.object({
  type: z.literal('undeliverable'),
  channel: z.string(),
  failure: z.enum(['forbidden', 'gone', 'refused']),
  /** What Discord said. */
  why: z.string(),
});
const feedback = z.object({
  type: z.literal('feedback'),
  by: z.string(),
  vote: z.enum(['up', 'down']),
  reason: z.string().optional(),
});

/**
 * One entry of a run's journal. New kinds and optional fields may be added; stored entries must stay readable for ever.
 * Versions that do not know a kind pass its entries over, so a new kind must not change what the others mean.
 */
export const journalEntrySchema = z.discriminatedUnion('type', [
  accepted,
  claimed,
  modelAnswered,
  modelFailed,
  answerBrokeOff,
  toolIntended,
  toolFinished,
  approvalRequested,
  approvalDecided,
  questionAsked,
  questionAnswered,
  talkRead,
  notice,
  steered,
  stopRequested,
  replayBegan,
  replayRecorded,
  ended,
  delivered,
  undeliverable,
  feedback,
]);
export type JournalEntry = z.output<typeof journalEntrySchema>;
export type JournalEntryInput = z.input<typeof journalEntrySchema>;
export type EntryOf<T extends JournalEntry['type']> = Extract<JournalEntry, { type: T }>;

const kinds = new Set<string>(journalEntrySchema.options.map(({ shape }) => shape.type.value));

export function isKnownKind(type: string): boolean {
  return kinds.has(type);
}

/** An entry as stored: `id` is the stream id, whose first half is Redis' time in milliseconds. */
export interface StoredEntry {
  id: string;
  entry: JournalEntry;
}

/** The key that makes an entry write-once within its run; undefined for entries that may come repeatedly. */
export function onceKey(entry: JournalEntryInput): string | undefined {
  switch (entry.type) {
    case 'model.answered':
      return `answer:${entry.step}`;
    case 'tool.intended':
      return `intent:${entry.step}:${entry.call}`;
    case 'tool.finished':
      return `result:${entry.step}:${entry.call}`;
    case 'approval.requested':
      return `approval:${entry.approval}`;
    case 'approval.decided':
      return `decision:${entry.approval}`;
    // Older versions know by these keys that the run waits, and that it need not wait any more.
    case 'question.asked':
      return `approval:${entry.question}`;
    case 'question.answered':
      return `decision:${entry.question}`;
    case 'notice':
      return `notice:${entry.key}`;
    case 'run.accepted':
    case 'talk.read':
    case 'replay.began':
    case 'run.ended':
    case 'undeliverable':
      return entry.type;
    case 'replay.recorded':
      return `recorded:${entry.run}:${entry.step}:${entry.call}`;
    case 'delivered':
      return `delivered:${entry.part}`;
    case 'run.claimed':
    case 'model.failed':
    case 'answer.broke-off':
    case 'stop.requested':
    case 'steered':
    case 'feedback':
      return undefined;
  }
}
