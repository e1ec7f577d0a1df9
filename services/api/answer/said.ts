import type { ClientMessage } from '#shared/run/client-request.ts';
import type { CallPlace, RunState, StepState } from '#shared/run/fold/run-state.ts';

/** The id of a call as the model and the program know it; some models give none. */
export function callId({ id }: { id: string }, { step, call }: CallPlace): string {
  return id === '' ? `call_${step}_${call}` : id;
}

/**
 * What a run has added to its conversation: the model's answers, its calls, and their results. `open` are calls that
 * have no result because the program makes them itself.
 */
export function saidBy(state: RunState): { messages: ClientMessage[]; open: string[] } {
  const own = new Set((state.request?.client?.tools ?? []).map(({ name }) => name));
  const open: string[] = [];
  const messages: ClientMessage[] = [];
  let heard = 0;
  const hear = (to: number) => {
    for (const { text } of state.steered.slice(heard, to)) {
      messages.push({ role: 'user', content: [{ type: 'text', text }] });
    }
    heard = Math.max(heard, to);
  };
  for (const step of state.steps) {
    hear(step.answer.heard ?? heard);
    messages.push(...messagesOf(step, own, open));
  }
  hear(state.steered.length);
  return { messages, open };
}

function messagesOf(step: StepState, own: ReadonlySet<string>, open: string[]): ClientMessage[] {
  const { text, toolCalls, step: at } = step.answer;
  if (toolCalls.length === 0) return text.trim() === '' ? [] : [{ role: 'assistant', content: text }];
  const calls = toolCalls.map((each, call) => ({
    id: callId(each, { step: at, call }),
    name: each.name,
    arguments: each.arguments,
  }));
  const results = calls.flatMap(({ id, name }, index): ClientMessage[] => {
    const result = step.calls[index]?.result;
    if (!result && own.has(name)) {
      open.push(id);
      return [];
    }
    const { content = 'Not run.', outside = false } = result ?? {};
    return [{ role: 'tool', call: id, content, outside }];
  });
  return [{ role: 'assistant', content: text, calls }, ...results];
}
