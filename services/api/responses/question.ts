import { questionMax } from '#shared/run/request.ts';
import type { ClientMessage, ClientRequest } from '#shared/run/client-request.ts';
import type { Question } from '../answer/ask.ts';
import { lengthOf, questionOf } from '../chat/conversation.ts';
import { checkedChoice, clientTools, limitsOf, type Takes } from '../chat/question.ts';
import { ApiError } from '../http/errors.ts';
import type { ResponsesRequest } from './schema.ts';
import { repeatedDefaults, type Shown } from './shown.ts';
import { functionsOf, leftOutOf, shownTools } from './tools.ts';

export interface Conversation {
  messages: ClientMessage[];
  /** Instructions that stand among the messages. */
  system: string | undefined;
}

export interface Asked extends Takes {
  /** The name under which the client asked for the model. */
  name: string;
  /** The model alone, without tools of the server. */
  plain: boolean;
  serverShape: Shown['serverTools'];
  /** Whether the client can ask humans, where the body does not say. */
  approvals: boolean;
  /** Whether it shows them nothing but text. */
  notes: boolean;
  input: Shown['input'];
}

/** A body of Responses as a question. Throws ApiError 400 for what only shows in the whole. */
export function toQuestion(body: ResponsesRequest, { messages, system }: Conversation, asked: Asked): Question {
  const { instructions, dragoman } = body;
  const allSystem = [instructions, system].filter((each) => each !== undefined && each !== '').join('\n\n');
  const kept = fitting({ messages, system: allSystem }, body.truncation, asked.maxChars);
  const own = functionsOf(body.tools);
  const tools = clientTools(own, asked.serverTools);
  const choice = body.tool_choice;
  const parameters = parametersOf(body);
  const client: ClientRequest = {
    messages: kept,
    ...(allSystem !== '' && { system: allSystem }),
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && {
      toolChoice: checkedChoice(choice, own, asked.serverTools),
    }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    // Questions to humans are part of this protocol.
    approvals: dragoman.approvals ?? asked.approvals,
    ...(asked.notes && { questions: false as const }),
    shown: shownOf(body, system, asked),
  };
  return {
    text: questionOf(kept).slice(0, questionMax).toWellFormed(),
    model: asked.model,
    client,
    ...(asked.plain && { tools: false }),
    ...(!body.store && { unstored: true }),
    ...limitsOf(dragoman),
  };
}

/** With `truncation: auto` the oldest questions go, with all that was answered to them, until the rest fits. */
function fitting({ messages, system }: { messages: ClientMessage[]; system: string }, how: string, most: number) {
  let kept = messages;
  while (lengthOf({ system, messages: kept }) > most) {
    const next = kept.findIndex(({ role }, index) => index > 0 && role === 'user');
    if (how !== 'auto' || next === -1) {
      throw new ApiError(400, `The conversation has more than ${most} characters: too long for the model.`, {
        param: 'input',
        code: 'context_length_exceeded',
      });
    }
    kept = kept.slice(next);
  }
  return kept;
}

/** As chat completions name them, which the gateway speaks. */
function parametersOf(body: ResponsesRequest): Record<string, unknown> {
  const { temperature, top_p, presence_penalty, frequency_penalty, parallel_tool_calls, reasoning, text } = body;
  const named = {
    temperature,
    top_p,
    presence_penalty,
    frequency_penalty,
    parallel_tool_calls,
    max_tokens: body.max_output_tokens,
    reasoning_effort: reasoning?.effort ?? undefined,
    verbosity: text?.verbosity ?? undefined,
    response_format: formatOf(text?.format),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function formatOf(format: NonNullable<ResponsesRequest['text']>['format']): unknown {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_object') return format;
  const { type, name, schema, description, strict } = format;
  const json_schema = { name, schema, ...(description && { description }), ...(strict != null && { strict }) };
  return { type, json_schema };
}

function shownOf(
  body: ResponsesRequest,
  system: string | undefined,
  { name, serverShape, notes, input }: Asked,
): Shown {
  const given = body as Record<string, unknown>;
  const repeated = Object.keys(repeatedDefaults).filter((member) => given[member] !== undefined);
  return {
    model: name,
    background: body.background,
    store: body.store,
    previous: body.previous_response_id ?? null,
    instructions: body.instructions ?? null,
    ...(system !== undefined && { system }),
    serverTools: serverShape,
    ...(notes && { notes }),
    repeated: {
      ...Object.fromEntries(repeated.map((member) => [member, repeatedOf(member, given[member])])),
      tools: shownTools(body.tools),
    },
    input,
    functions: Object.fromEntries(functionsOf(body.tools).map((each) => [each.name, each.own])),
    leftOut: leftOutOf(body.tools),
  };
}

/** Members of which the protocol wants more than what may be sent. */
function repeatedOf(member: string, value: unknown): unknown {
  if (member === 'text') return { format: { type: 'text' }, ...withoutNulls(value as object) };
  if (member === 'reasoning') return { effort: null, summary: null, ...(value as object) };
  if (member === 'service_tier') return 'default';
  return value;
}

function withoutNulls(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== undefined));
}
