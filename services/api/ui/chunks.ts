import { callName, type CallPlace, type CallState, type RunState } from '#shared/run/fold/run-state.ts';
import type { ToolCall } from '#shared/run/journal-entries.ts';
import type { AnswerEvent } from '../answer/watch.ts';
import { outcomeOf, type Outcome } from '../answer/outcome.ts';
import { wireUsage } from '../chat/wire.ts';

/** A chunk of AI SDK's UI message stream. */
export interface UiChunk {
  type: string;
  [member: string]: unknown;
}

const finishReasons = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
} as const satisfies Record<Outcome['finish'], string>;

/** Makes chunks out of what happens in a run. */
export function createChunkWriter(runId: string): (event: AnswerEvent) => UiChunk[] {
  let step: number | undefined;
  let text: string | undefined;
  const questions = new Map<string, object>();

  const endText = (): UiChunk[] => {
    if (text === undefined) return [];
    const id = text;
    text = undefined;
    return [{ type: 'text-end', id }];
  };
  const inStep = (at: number): UiChunk[] => {
    if (step === at) return [];
    const ends = step === undefined ? [] : [...endText(), { type: 'finish-step' }];
    step = at;
    return [...ends, { type: 'start-step' }];
  };

  return (event) => {
    switch (event.type) {
      case 'text': {
        const chunks = inStep(event.step);
        const id = text ?? `text_${event.step}`;
        if (text === undefined) chunks.push({ type: 'text-start', id });
        text = id;
        return [...chunks, { type: 'text-delta', id, delta: event.text }];
      }
      case 'restarted':
        text = undefined;
        return [...inStep(event.step), { type: 'reset-step' }];
      case 'called':
        return [...inStep(event.call.step), ...endText(), inputOf(runId, event.call)];
      case 'returned':
        return [resultOf(runId, event)];
      case 'questioned': {
        const { question, text: asked, choices, expiresAt } = event.question;
        const data = { question: asked, ...(choices && { choices }), expires_at: new Date(expiresAt).toISOString() };
        questions.set(question, data);
        return [{ type: 'data-question', id: `${runId}:${question}`, data }];
      }
      case 'replied': {
        // The part of the same id takes the place of the question.
        const { question, text: answer = null } = event.reply;
        return [{ type: 'data-question', id: `${runId}:${question}`, data: { ...questions.get(question), answer } }];
      }
      case 'steered':
        return [{ type: 'data-steered', data: { text: event.text } }];
      case 'ended': {
        const outcome = outcomeOf(event.ended, event.state);
        const last = event.state.steps.length - 1;
        const begun = outcome.calls.length > 0 ? inStep(last) : [];
        return [...begun, ...endText(), ...outcome.calls.map(ownCall), ...ending(outcome, runId, step !== undefined)];
      }
      default:
        return [];
    }
  };
}

/** Questions to a human: the page shows them, and sends the decisions with the message. */
export function questionChunks(runId: string, state: RunState): UiChunk[] {
  const open = [...state.approvals.values()].filter(({ decided }) => !decided);
  const asked = open.flatMap(({ requested }): UiChunk[] => {
    const call = state.calls.get(callName(requested));
    const input = call && !call.intent ? [inputOf(runId, call)] : [];
    const { approval, why } = requested;
    const question = { approvalId: `${runId}:${approval}`, toolCallId: callIdOf(runId, requested) };
    return [...input, { type: 'tool-approval-request', ...question, ...(why !== undefined && { reason: why }) }];
  });
  return [...asked, { type: 'finish-step' }, { type: 'finish', finishReason: 'tool-calls' }];
}

function inputOf(runId: string, call: CallState): UiChunk {
  return {
    type: 'tool-input-available',
    toolCallId: callIdOf(runId, call),
    toolName: call.tool,
    input: parsed(call.arguments),
    providerExecuted: true,
    dynamic: true,
  };
}

function resultOf(runId: string, { call, outcome, content }: Extract<AnswerEvent, { type: 'returned' }>): UiChunk {
  const place = { toolCallId: callIdOf(runId, call), providerExecuted: true, dynamic: true };
  if (outcome === 'ok') return { type: 'tool-output-available', ...place, output: content };
  return { type: 'tool-output-error', ...place, errorText: content };
}

/** A call that the page makes itself. */
function ownCall({ id, name, arguments: args }: ToolCall): UiChunk {
  return { type: 'tool-input-available', toolCallId: id, toolName: name, input: parsed(args) };
}

function ending({ finish, usage }: Outcome, run: string, begun: boolean): UiChunk[] {
  const messageMetadata = { run, usage: wireUsage(usage) };
  return [
    ...(begun ? [{ type: 'finish-step' }] : []),
    { type: 'finish', finishReason: finishReasons[finish], messageMetadata },
  ];
}

function callIdOf(runId: string, { step, call }: CallPlace): string {
  return `call_${runId}_${step}-${call}`;
}

function parsed(args: string): unknown {
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}
