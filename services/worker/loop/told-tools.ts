import type { ClientMessage } from '#shared/run/client-request.ts';
import { placesForTools } from '#shared/servers/tool-budget.ts';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { findToolsName } from '../tools/offering/find-tools.ts';
import { shortList, type Room } from '../tools/offering/short-list.ts';
import type { Pointer } from '../tools/offering/tool-index.ts';
import type { Offer, OfferedTool } from '../tools/toolbox.ts';
import { clientTools } from './client-messages.ts';
import { modelOf, type Run } from './held-run.ts';

/** How many earlier messages point to tools too, how much each counts beside the question, and how much of each is read. */
const recent = 4;
const recentWeight = 0.3;
const maxChars = 4_000;

/**
 * The tools of which the model is told in this run's next request, of those that its caller may use. It follows from the
 * journal, the talk and the offer alone, so that another worker tells the same.
 */
export function toldTools(run: Run, { tools }: Offer): OfferedTool[] {
  const used = new Set([...run.state.calls.values()].flatMap(({ intent }) => intent?.tool ?? []));
  const choice = run.request.client?.toolChoice;
  // One that the program demands must stand in the list, or providers refuse the request.
  const demanded = typeof choice === 'object' ? [choice.name] : [];
  const interest = { pointers: () => pointersOf(run), found: [...demanded, ...run.state.found], used };
  const told = shortList(tools, interest, roomOf(run));
  // Where a program has a tool of this name, it is the program's.
  return isClients(run, findToolsName) ? told.filter(({ name }) => name !== findToolsName) : told;
}

/** What the model's list may take. A program's own tools stand in it too, but leave half of it to ours. */
export function roomOf(run: Run): Room {
  const own = clientTools(run.request.client);
  const most = run.parts.config.TOOLS_MAX_TOKENS(modelOf(run));
  const tokens = own.length === 0 ? 0 : estimatedTokens(JSON.stringify(own));
  return { tokens: Math.max(most - tokens, most / 2), places: Math.max(placesForTools - own.length, 0) };
}

function isClients(run: Run, tool: string): boolean {
  return run.request.client?.tools?.some(({ name }) => name === tool) ?? false;
}

function pointersOf({ request, state, history }: Run): Pointer[] {
  const { messages } = request.client ?? {};
  const said = [request.text, ...state.steered.map(({ text }) => text)];
  const earlier = messages ? messages.slice(0, -1).map(textOf) : history.lines.map(({ content }) => content);
  return [
    ...said.map((text) => ({ text: text.slice(0, maxChars), weight: 1 })),
    ...earlier.slice(-recent).map((text) => ({ text: text.slice(0, maxChars), weight: recentWeight })),
  ];
}

function textOf(message: ClientMessage): string {
  if (message.role !== 'user') return message.content;
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
