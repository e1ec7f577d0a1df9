import { keys } from '#shared/redis/keys.ts';
import type { ClientCall, ClientMessage } from '#shared/run/client-request.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { ToolCall } from '#shared/run/journal-entries.ts';
import { callerKey } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { saidBy } from './said.ts';

/** Seconds in which a client may come back with its calls' results and still find what the server did beside them. */
const keepSeconds = 24 * 3_600;
/** Longer ids are not remembered. */
const idMax = 200;

/**
 * Remembers which run handed out these calls, if tools of the server have run in it as well: the client is shown none
 * of those, so that its next request would lack their results.
 */
export async function rememberCalls(
  { redis }: Api,
  caller: ApiCaller,
  { runId, calls, state }: { runId: string; calls: ToolCall[]; state: RunState },
): Promise<void> {
  if (calls.length === 0 || ![...state.calls.values()].some(({ result }) => result)) return;
  const ids = calls.map(({ id }) => id).filter((id) => id.length <= idMax);
  await Promise.all(ids.map((id) => redis.set(nameOf(caller, id), runId, 'EX', keepSeconds)));
}

/** Puts back what tools of the server brought in the runs that handed out the calls of these messages. */
export async function restoreCalls(api: Api, caller: ApiCaller, messages: ClientMessage[]): Promise<ClientMessage[]> {
  const restored: ClientMessage[] = [];
  const runs = await runsOf(api, caller, messages);
  for (const message of messages) {
    const calls = message.role === 'assistant' ? (message.calls ?? []) : [];
    const said = await saidAround(api, caller, { runId: runs.get(calls[0]?.id ?? ''), calls });
    if (!said) restored.push(message);
    else {
      // What the client itself kept of this run's answers comes again with them.
      while (restored.at(-1)?.role === 'assistant' || isServerResult(restored)) restored.pop();
      restored.push(...said);
    }
  }
  return restored;
}

/** The runs that handed out the first calls of messages, by the calls' ids. */
async function runsOf({ redis }: Api, caller: ApiCaller, messages: ClientMessage[]): Promise<Map<string, string>> {
  const ids = messages.flatMap((each) => (each.role === 'assistant' ? (each.calls?.[0]?.id ?? []) : []));
  const short = ids.filter((id) => id.length <= idMax);
  if (short.length === 0) return new Map();
  const found = await redis.mget(short.map((id) => nameOf(caller, id)));
  return new Map(short.flatMap((id, index) => (found[index] ? [[id, found[index]] as const] : [])));
}

async function saidAround(
  api: Api,
  caller: ApiCaller,
  { runId, calls }: { runId: string | undefined; calls: ClientCall[] },
): Promise<ClientMessage[] | undefined> {
  const record = runId === undefined ? undefined : await api.lookup.run(runId);
  if (!record || callerKey(record.request.caller) !== callerKey(caller)) return undefined;
  const { messages, open } = saidBy(foldJournal(await api.lookup.journal(record)));
  const last = messages.findLast(({ role }) => role === 'assistant');
  const own = last?.role === 'assistant' ? (last.calls ?? []).filter(({ id }) => open.includes(id)) : [];
  return sameCalls(own, calls) ? messages : undefined;
}

/** An id may come twice where models count from 0; then the newest run is known, and it is another's. */
function sameCalls(own: ClientCall[], calls: ClientCall[]): boolean {
  const text = (each: ClientCall[]) => JSON.stringify(each.map(({ id, name }) => [id, name]).toSorted());
  return text(own) === text(calls);
}

/** Whether the last message is the result of a call that was never the client's. */
function isServerResult(messages: ClientMessage[]): boolean {
  const last = messages.at(-1);
  return last?.role === 'tool' && last.call.startsWith('mcp_');
}

function nameOf(caller: ApiCaller, id: string): string {
  return keys.clientCall(`${callerKey(caller)} ${id}`);
}
