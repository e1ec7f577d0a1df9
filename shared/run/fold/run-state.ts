import type { EntryOf } from '../journal-entries.ts';
import { noUsage, type RunRequest, type Usage } from '../request.ts';

/** Where a call stands in a run: `call` is its place in the model's answer of `step`. */
export interface CallPlace {
  step: number;
  call: number;
}

/** One tool call, with everything that the journal says of it. */
export interface CallState extends CallPlace {
  tool: string;
  /** As the model wrote them. */
  arguments: string;
  intent?: EntryOf<'tool.intended'>;
  result?: EntryOf<'tool.finished'>;
  /** The last progress that the tool itself reported. */
  progress?: string;
}

/** One answer of the model and what became of its tool calls, in the order of the answer. */
export interface StepState {
  answer: EntryOf<'model.answered'>;
  calls: CallState[];
}

export interface ApprovalState {
  requested: EntryOf<'approval.requested'>;
  decided?: EntryOf<'approval.decided'>;
  /** Milliseconds since the epoch. */
  decidedAt?: number;
}

/** A question of the model to the person. */
export interface QuestionState {
  asked: EntryOf<'question.asked'>;
  answered?: EntryOf<'question.answered'>;
}

/** Failures of the request to the model that is open now. Times are in milliseconds since the epoch. */
export interface Failures {
  count: number;
  firstAt: number;
  last: EntryOf<'model.failed'>;
  lastAt: number;
}

/**
 * All that is known of a run, and the only thing that is made from its journal: a worker goes on from it, doors show
 * it, a replay begins from it. Times are in milliseconds since the epoch.
 */
export interface RunState {
  /** Undefined until the journal's first entry was taken in. */
  request: RunRequest | undefined;
  acceptedAt: number;
  firstClaimAt: number | undefined;
  /** The epoch of the newest claim; 0 when nobody has begun. */
  epoch: number;
  /** Claims since the run last made progress: those of workers that died over it, and that of the present one. */
  idleClaims: number;
  steps: StepState[];
  /** All calls by `callName`, in the order in which the model asked for them. */
  calls: Map<string, CallState>;
  /** The text that the model is writing now, as far as it was heard. Only a follower of the run hears it. */
  live: { step: number; text: string } | undefined;
  /** What an answer brought that broke off, until one arrives whole. */
  brokeOff: string | undefined;
  /** Undefined when the request to the model that is open now has not failed. */
  failures: Failures | undefined;
  /** When the model answered last; 0: never. */
  answeredAt: number;
  approvals: Map<string, ApprovalState>;
  /** Questions of the model to the person, by name. */
  questions: Map<string, QuestionState>;
  /** Approvals that nobody has decided, and questions that nobody has answered. */
  openApprovals: number;
  /** Milliseconds spent waiting for humans, up to `waitingSince`. */
  waitedMs: number;
  waitingSince: number | undefined;
  /** What the person was told, by key. */
  notices: Map<string, string>;
  /** How far it looks back into its talk; undefined where nothing was said before, or that is not decided yet. */
  lookedBack: EntryOf<'talk.read'> | undefined;
  /** What people said while the run was under way, in order. */
  steered: EntryOf<'steered'>[];
  stopBy: string | undefined;
  /** Steps that were copied from the run that this one replays. */
  replayedSteps: number;
  /** What calls of that run outside those steps brought. */
  recorded: EntryOf<'replay.recorded'>[];
  /** True once text from outside was read. */
  outside: boolean;
  /** Names of tools that the model has looked for, those of its newest search first. */
  found: string[];
  usage: Usage;
  models: Set<string>;
  tools: Set<string>;
  /** Milliseconds from acceptance to the first text of the model. */
  firstTokenMs: number | undefined;
  ended: EntryOf<'run.ended'> | undefined;
}

export function createRunState(): RunState {
  return {
    request: undefined,
    acceptedAt: 0,
    firstClaimAt: undefined,
    epoch: 0,
    idleClaims: 0,
    steps: [],
    calls: new Map(),
    live: undefined,
    brokeOff: undefined,
    failures: undefined,
    answeredAt: 0,
    approvals: new Map(),
    questions: new Map(),
    openApprovals: 0,
    waitedMs: 0,
    waitingSince: undefined,
    notices: new Map(),
    lookedBack: undefined,
    steered: [],
    stopBy: undefined,
    replayedSteps: 0,
    recorded: [],
    outside: false,
    found: [],
    usage: noUsage,
    models: new Set(),
    tools: new Set(),
    firstTokenMs: undefined,
    ended: undefined,
  };
}

/** `step.call`: how a call is named, also to people. */
export function callName({ step, call }: CallPlace): string {
  return `${step}.${call}`;
}

/** True while calls of the step have no result. */
export function hasOpenCalls({ calls }: StepState): boolean {
  return calls.some(({ result }) => !result);
}
