import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { CallPlace, CallState } from '#shared/run/fold/run-state.ts';
import type { OfferedTool } from '../tools/toolbox.ts';

/** What to do about one call of an answer. */
export type Plan = Reply | ReadyCall | Question;

type Outcome = EntryOf<'tool.finished'>['outcome'];

/** A result without a call. `domain` is empty when the model has to correct something. */
export interface Reply {
  do: 'reply';
  outcome: Outcome;
  content: string;
  domain: string;
  /** True when the content comes from outside. */
  outside?: boolean | undefined;
  /** Names of tools that the model is told of from now on. */
  found?: string[];
}

export interface ReadyCall {
  do: 'call';
  call: CallState;
  tool: OfferedTool;
  args: Record<string, unknown>;
  /** sha256 of the arguments that a human allowed. */
  approved: string | undefined;
}

export interface Question {
  do: 'ask';
  place: CallPlace;
  /** `ask-user`: what the model itself wants to know; `why` is its question. */
  kind: EntryOf<'approval.requested'>['kind'] | 'ask-user';
  approval: string;
  tool: string;
  args: Record<string, unknown>;
  why: string;
  /** Of a question of the model, the answers to choose from. */
  choices?: string[];
  readOnly: boolean;
}
