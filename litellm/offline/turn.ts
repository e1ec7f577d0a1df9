import { readConversation, type Conversation } from './conversation.ts';
import { nextDataTurn } from './data/plan.ts';
import { planCalls } from './plan.ts';
import { offeredTools, type ChatRequest, type Tool } from './request.ts';
import { wordAnswer, wordNothing, wordRequest } from './word-answer.ts';
import type { Turn } from './wire.ts';

const introduction =
  '-# This is the offline model: rules, not a language model. For real answers set LITELLM_API_BASE, LITELLM_API_KEY and MODEL_NAME.';

/** Decides what the offline model does next in a conversation. */
export function nextTurn(request: ChatRequest): Turn {
  const conversation = readConversation(request.messages);
  const tools = conversation.toldToAnswer ? [] : usableTools(request);
  const turn =
    toolTurn(tools, conversation) ??
    nextDataTurn(tools, conversation, conversation.results) ??
    noTurn(request, conversation);
  return turn.calls || !conversation.isFirst ? turn : { text: `${turn.text}\n\n${introduction}` };
}

/** Calls the tool that fits the question with all its words, and tells what it gave. */
function toolTurn(tools: readonly Tool[], { question, results, toldToAnswer }: Conversation): Turn | undefined {
  const plan = planCalls(tools, question, results);
  if (plan.calls.length > 0) return { calls: plan.calls, text: '' };
  if (plan.lacking && results.length === 0) return { text: wordRequest(plan.lacking.tool, plan.lacking.missing) };
  return (plan.fits || toldToAnswer) && results.length > 0 ? { text: wordAnswer(question, results) } : undefined;
}

function noTurn(request: ChatRequest, { question, results }: Conversation): Turn {
  const tools = offeredTools(request);
  const { unknown } = planCalls(tools, question, results);
  return { text: wordNothing(question, tools, unknown) };
}

function usableTools(request: ChatRequest): Tool[] {
  const tools = offeredTools(request);
  const choice = request.tool_choice;
  if (choice === 'none') return [];
  if (typeof choice === 'object' && choice !== null) return tools.filter((tool) => tool.name === choice.function.name);
  return tools;
}
