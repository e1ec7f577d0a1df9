import { questionMax } from '#shared/run/request.ts';
import type { ClientRequest, ClientTool } from '#shared/run/client-request.ts';
import type { Question } from '../answer/ask.ts';
import { ApiError } from '../http/errors.ts';
import { lengthOf, readConversation } from './conversation.ts';
import type { ChatRequest, WireTool } from './schema.ts';

type WireFunction = WireTool['function'];

/** Members that go to the model as the client wrote them. */
const passedOn = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'logit_bias',
  'response_format',
  'reasoning_effort',
  'verbosity',
  'parallel_tool_calls',
] as const satisfies (keyof ChatRequest)[];

export interface Takes {
  /** The gateway's name of the model. */
  model: string;
  /** Characters of all messages. */
  maxChars: number;
  /** Names of tools that run here. */
  serverTools: ReadonlySet<string>;
}

/** What goes to the model as the client wrote it. */
export function parametersOf(body: ChatRequest): Partial<Pick<ChatRequest, (typeof passedOn)[number]>> {
  return Object.fromEntries(passedOn.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
}

/** A body of chat completions as a question. Throws ApiError 400 for what only shows in the whole. */
export function toQuestion(body: ChatRequest, { model, maxChars, serverTools }: Takes): Question {
  const conversation = readConversation(body.messages);
  if (lengthOf(conversation) > maxChars) {
    throw new ApiError(400, `The messages have more than ${maxChars} characters: too long for the model.`, {
      param: 'messages',
      code: 'context_length_exceeded',
    });
  }
  const { approvals } = body.dragoman;
  const own = body.tools.map((tool) => tool.function);
  const choice = body.tool_choice;
  const { system, messages, text } = conversation;
  const parameters = parametersOf(body);
  const client: ClientRequest = {
    messages,
    ...(system !== undefined && { system }),
    ...(own.length > 0 && { tools: clientTools(own, serverTools) }),
    ...(choice !== undefined && {
      toolChoice: checkedChoice(typeof choice === 'string' ? choice : choice.function, own, serverTools),
    }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(approvals !== undefined && { approvals }),
  };
  return {
    text: text.slice(0, questionMax).toWellFormed(),
    model,
    client,
    ...limitsOf(body.dragoman),
  };
}

/**
 * Tools that the client runs itself, as either protocol describes them. One may have the name of a tool of the server:
 * editors have a `read_file` of their own and cannot give it another name. Throws ApiError 400.
 */
export function clientTools(tools: WireFunction[], serverTools: ReadonlySet<string>): ClientTool[] {
  const seen = new Set<string>();
  return tools.map(({ name, description, parameters, strict }) => {
    if (serverTools.has(name) && !description && !parameters) {
      const why = 'it need not be named. A tool of your own with this name needs a description or parameters';
      throw new ApiError(400, `tools: ${name} is a tool of this server; ${why}.`, { param: 'tools' });
    }
    if (seen.has(name)) throw new ApiError(400, `tools: ${name} is there twice.`, { param: 'tools' });
    seen.add(name);
    return {
      name,
      ...(typeof description === 'string' && { description }),
      ...(parameters && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    };
  });
}

/** Throws ApiError 400 for a tool that nobody has. */
export function checkedChoice(
  choice: NonNullable<ClientRequest['toolChoice']>,
  own: { name: string }[],
  serverTools: ReadonlySet<string>,
): NonNullable<ClientRequest['toolChoice']> {
  if (typeof choice === 'string') return choice;
  const { name } = choice;
  if (!serverTools.has(name) && !own.some((tool) => tool.name === name)) {
    throw new ApiError(400, `tool_choice: there is no tool ${name.slice(0, 64)}.`, { param: 'tool_choice' });
  }
  return { name };
}

/** What a request demands of its run. */
export function limitsOf({ mode, max_iterations, deadline_ms, budget_usd }: ChatRequest['dragoman']) {
  return {
    ...(mode && { mode }),
    ...(max_iterations !== undefined && { maxIterations: max_iterations }),
    ...(deadline_ms !== undefined && { deadlineMs: deadline_ms }),
    ...(budget_usd !== undefined && { budgetUsd: budget_usd }),
  };
}
