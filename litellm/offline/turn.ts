import { readConversation, type Conversation } from './conversation.ts';
import { wordAttachments } from './attachments.ts';
import { nextDataTurn } from './data/plan.ts';
import { describesTable, listsTables, readSchema } from './data/schema.ts';
import { GOES_ON, type Question } from './question.ts';
import type { Result } from './results.ts';
import { notesFor } from './notes.ts';
import { planCalls } from './plan.ts';
import { offeredTools, type ChatRequest, type Tool } from './request.ts';
import { wordAnswer, wordNothing, wordRequest, wordUnlisted } from './word-answer.ts';
import type { Turn } from './wire.ts';

const introduction =
  '-# This is the offline model: rules, not a language model. For real answers set LITELLM_API_BASE, LITELLM_API_KEY and MODEL_NAME.';

/** The tool that finds those of which the request does not tell. */
const toolSearch = 'find_tools';

/** Decides what the offline model does next in a conversation. */
export function nextTurn(request: ChatRequest): Turn {
  const notes = notesFor(request);
  if (notes !== undefined) return { text: notes };
  const conversation = readConversation(request.messages);
  const turn = turnForAll(conversation, request);
  return turn.calls || !conversation.isFirst ? turn : { text: `${turn.text}\n\n${introduction}` };
}

/** Answers one question after the other: the calls that stand after the question are those of the first, then those of the next. */
function turnForAll({ questions, before, results, toldToAnswer }: Conversation, request: ChatRequest): Turn {
  if (toldToAnswer) return turnFor({ question: questions[0]!, before, toldToAnswer }, [], results, request);
  const tools = usableTools(request);
  const answers: string[] = [];
  let rest = results;
  let known: Result[] = [];
  for (const question of questions) {
    let own: Result[] = [];
    for (;;) {
      const seen = [...known.filter((result) => !own.includes(result)), ...own];
      const turn = turnFor({ question, before, toldToAnswer }, tools, seen, request);
      if (!turn.calls) {
        answers.push(turn.text);
        break;
      }
      const [next] = rest;
      if (!next) return turn;
      own = [...own, ...rest.filter(({ batch }) => batch === next.batch)];
      rest = rest.filter(({ batch }) => batch !== next.batch);
    }
    // What the tables are like holds for all questions.
    known = [...known, ...own.filter(({ tool }) => listsTables(tool) || describesTable(tool))];
  }
  if (answers.length === 1) return { text: answers[0]! };
  return { text: answers.map((answer, at) => `**${questions[at]!.text}**\n${answer}`).join('\n\n') };
}

interface Part {
  question: Question;
  before: Question | undefined;
  toldToAnswer: boolean;
}

function turnFor(part: Part, offered: readonly Tool[], seen: readonly Result[], request: ChatRequest): Turn {
  const attached = seen.length === 0 ? wordAttachments(part.question) : undefined;
  if (attached !== undefined) return { text: attached };
  const tools = offered.filter(({ name }) => name !== toolSearch);
  const results = seen.filter(({ tool }) => tool !== toolSearch);
  const turns = [() => toolTurn(tools, part, results), () => nextDataTurn(tools, part, results)];
  // "And in France?" after a question about rows is one about rows, though there are tools for places.
  if (GOES_ON.test(part.question.text) && part.before) turns.reverse();
  const turn = turns[0]!() ?? turns[1]!();
  if (turn) return turn;
  const mayLook = tools.length < offered.length && results.length === seen.length;
  if (!mayLook) return noTurn(request, part, results);
  return { calls: [{ name: toolSearch, arguments: { query: part.question.text.slice(0, 500) } }], text: '' };
}

/** Calls the tool that fits the question with all its words, and tells what it gave. */
function toolTurn(
  tools: readonly Tool[],
  { question, toldToAnswer }: Part,
  results: readonly Result[],
): Turn | undefined {
  const plan = planCalls(tools, question, results);
  if (plan.calls.length > 0) return { calls: plan.calls, text: '' };
  if (plan.lacking && results.length === 0) return { text: wordRequest(plan.lacking.tool, plan.lacking.missing) };
  return (plan.fits || toldToAnswer) && results.length > 0 ? { text: wordAnswer(question, results) } : undefined;
}

function noTurn(request: ChatRequest, { question }: Part, results: readonly Result[]): Turn {
  const tools = offeredTools(request).filter(({ name }) => name !== toolSearch);
  const unlisted = unlistedTables(results);
  if (unlisted) return { text: wordUnlisted(unlisted) };
  const { unknown } = planCalls(tools, question, results);
  return { text: wordNothing(question, tools, unknown) };
}

/** What came in place of a list of tables: the database is away, or holds none. */
function unlistedTables(results: readonly Result[]): Result | undefined {
  if (readSchema(results).listed.length > 0) return undefined;
  return results.findLast(({ tool }) => listsTables(tool));
}

function usableTools(request: ChatRequest): Tool[] {
  const tools = offeredTools(request);
  const choice = request.tool_choice;
  if (choice === 'none') return [];
  if (typeof choice === 'object' && choice !== null) return tools.filter((tool) => tool.name === choice.function.name);
  return tools;
}
