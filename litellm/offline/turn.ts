import { readConversation } from './conversation.ts';
import { planCalls, type Plan } from './plan.ts';
import type { Question } from './question.ts';
import { offeredTools, type ChatRequest, type Tool } from './request.ts';
import type { Result } from './results.ts';
import { wordAnswer, wordNothing, wordRequest } from './word-answer.ts';
import type { Turn } from './wire.ts';

const introduction =
  '-# This is the offline model: rules, not a language model. For real answers set LITELLM_API_BASE, LITELLM_API_KEY and MODEL_NAME.';

/** The tool that finds those of which the request does not tell. */
const toolSearch = 'find_tools';

/** Decides what the offline model does next in a conversation. */
export function nextTurn(request: ChatRequest): Turn {
  const conversation = readConversation(request.messages);
  const offered = conversation.toldToAnswer ? [] : usableTools(request);
  const tools = offered.filter(isNoSearch);
  const { question } = conversation;
  const results = conversation.results.filter(({ tool }) => tool !== toolSearch);
  const plan = planCalls(tools, question, results);
  if (plan.calls.length > 0) return { calls: plan.calls, text: '' };
  const mayLook = tools.length < offered.length && conversation.results.length === 0;
  if (mayLook) return { calls: [{ name: toolSearch, arguments: { query: question.text.slice(0, 500) } }], text: '' };
  const text = wordTurn(plan, question, results, offeredTools(request).filter(isNoSearch));
  return { text: conversation.isFirst ? `${text}\n\n${introduction}` : text };
}

function isNoSearch({ name }: Tool): boolean {
  return name !== toolSearch;
}

function wordTurn(plan: Plan, question: Question, results: readonly Result[], tools: readonly Tool[]): string {
  if (results.length > 0) {
    const answer = wordAnswer(question, results);
    return plan.nothingFits ? `I found nothing that the question names. ${answer}` : answer;
  }
  return plan.lacking ? wordRequest(plan.lacking.tool, plan.lacking.missing) : wordNothing(question, tools);
}

function usableTools(request: ChatRequest): Tool[] {
  const tools = offeredTools(request);
  const choice = request.tool_choice;
  if (choice === 'none') return [];
  if (typeof choice === 'object' && choice !== null) return tools.filter((tool) => tool.name === choice.function.name);
  return tools;
}
