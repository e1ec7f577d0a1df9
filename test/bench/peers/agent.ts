import { withResult, type Calls, type Message } from '../minimal/calls.ts';

/** One question, and the id of its run. */
export interface Question {
  id: string;
  text: string;
}

/**
 * What a run ends with. Times are in milliseconds: of the whole tool call, and of the tool itself as its server says.
 */
export interface End {
  text: string;
  callMs: number;
  toolMs: number;
}

/** Does `work` once and stores its result. When the run is gone through again, returns what was stored. */
export type DurableStep = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** The run that is compared, on a peer's durable steps: it asks the model, calls the tool, asks again. */
export async function answer({ id, text }: Question, calls: Calls, step: DurableStep): Promise<End> {
  const messages: Message[] = [{ role: 'user', content: text }];
  const first = await step('ask 1', () => calls.ask(messages));
  const { call } = first;
  if (!call) return { text: first.text, callMs: 0, toolMs: 0 };
  // Both peers' documentation asks for a key where an effect must not be doubled; the tool must know keys.
  const result = await step('call', () => calls.callTool(call.name, call.arguments, `${id}:call`));
  const last = await step('ask 2', () => calls.ask(withResult(messages, first, result.text)));
  return { text: last.text, callMs: result.callMs, toolMs: result.toolMs };
}
