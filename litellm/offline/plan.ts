import { passedOver, providerOf, rankTools, tellingFirst, type Choice } from './choose-tool.ts';
import { deedOfTool } from './deeds.ts';
import { mentions, valuesFromResults } from './fill-arguments.ts';
import type { Question } from './question.ts';
import type { Tool } from './request.ts';
import type { Result } from './results.ts';
import type { PlannedCall } from './wire.ts';

export interface Plan {
  /** The calls to make; when empty, the model answers. */
  calls: PlannedCall[];
  /** The tool that would be called if the question said more. */
  lacking?: { tool: Tool; missing: string[] };
  /** Whether a tool fits the question with all its words. */
  fits: boolean;
  /** Words that the nearest tool would pass over. */
  unknown: string[];
}

/** How many rounds of calls one question gets: with more, the rules would go round in circles. */
const maxRounds = 4;

/** How many things one question may ask for at once. */
const maxAtOnce = 5;

/**
 * The calls that bring the question nearer to its answer. None when it can be answered, or nothing more can be found.
 */
export function planCalls(offered: readonly Tool[], question: Question, results: readonly Result[]): Plan {
  const tools = tellingFirst(offered);
  const ranked = rankTools(tools, question, results).map((choice) => ({
    choice,
    unknown: isAnswered(choice, results) ? [] : passedOver(choice, question),
  }));
  const goal = ranked.find(({ unknown }) => unknown.length === 0)?.choice;
  if (!goal) return { calls: [], fits: false, unknown: ranked[0]?.unknown ?? [] };
  const isOver = new Set(results.map((result) => result.batch)).size >= maxRounds || isAnswered(goal, results);
  const plan: Pick<Plan, 'calls' | 'lacking'> = isOver ? { calls: [] } : towards(goal, tools, question, results);
  return { ...plan, calls: plan.calls.filter((call) => !wasMade(call, results)), fits: true, unknown: [] };
}

/** A question is answered once its tool has answered. */
function isAnswered(goal: Choice, results: readonly Result[]): boolean {
  return results.some((result) => result.tool === goal.tool.name);
}

function towards(
  goal: Choice,
  tools: readonly Tool[],
  question: Question,
  results: readonly Result[],
): Pick<Plan, 'calls' | 'lacking'> {
  const { missing } = goal.filled;
  if (missing.length === 0) return { calls: [...callsOf(goal, question, results), ...forOthersNamed(goal, question)] };
  for (const name of missing) {
    const provider = providerOf(name, goal.tool, tools, question, results);
    if (provider && !results.some((result) => result.tool === provider.tool.name)) return { calls: [callOf(provider)] };
  }
  return { calls: [], lacking: { tool: goal.tool, missing } };
}

function callOf({ tool, filled }: Choice): PlannedCall {
  return { name: tool.name, arguments: filled.arguments };
}

/** One call, or one for each listed thing where the question speaks of all of them. */
function callsOf(goal: Choice, question: Question, results: readonly Result[]): PlannedCall[] {
  const listed = goal.tool.required.find((name) =>
    valuesFromResults(name, results, question).includes(String(goal.filled.arguments[name])),
  );
  if (listed === undefined) return [callOf(goal)];
  const values = valuesFromResults(listed, results, question);
  const named = values.filter((value) => mentions(question, value));
  const all = named.length > 0 ? named : values;
  return all.slice(0, maxAtOnce).map((value) => ({
    name: goal.tool.name,
    arguments: { ...goal.filled.arguments, [listed]: value },
  }));
}

/** The same call for the other addresses or files that a question names. A change is made for one at a time. */
function forOthersNamed({ tool, filled }: Choice, question: Question): PlannedCall[] {
  if (deedOfTool(tool.name) === 'write') return [];
  for (const [name, value] of Object.entries(filled.arguments)) {
    const named = [question.urls, question.paths].find((list) => list.includes(String(value)));
    if (!named) continue;
    const others = named.filter((other) => !Object.values(filled.arguments).includes(other)).slice(0, maxAtOnce - 1);
    return others.map((other) => ({ name: tool.name, arguments: { ...filled.arguments, [name]: other } }));
  }
  return [];
}

function wasMade(call: PlannedCall, results: readonly Result[]): boolean {
  const same = JSON.stringify(call.arguments);
  return results.some((result) => result.tool === call.name && JSON.stringify(result.arguments) === same);
}
