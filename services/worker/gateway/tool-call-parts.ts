import { randomUUID } from 'node:crypto';
import type { ToolCall } from '#shared/run/journal-entries.ts';

/** One piece of a tool call as providers send it; every field may be missing. */
export interface ToolCallDelta {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
}

interface OpenCall {
  index: number | undefined;
  id: string;
  name: string;
  arguments: string;
}

/**
 * Puts the pieces of streamed tool calls together. In OpenAI's format the pieces of a call share an `index`, and only
 * the first has id and name. Providers also send no index, whole calls in one piece, one index for all calls, or the
 * name again with each piece.
 */
export class ToolCallParts {
  private readonly calls: OpenCall[] = [];

  add(delta: ToolCallDelta): void {
    const name = delta.function?.name ?? '';
    const id = delta.id ?? '';
    let call = this.find(delta.index ?? undefined, id, name);
    if (!call) {
      call = { index: delta.index ?? undefined, id, name, arguments: '' };
      this.calls.push(call);
    } else {
      if (call.id === '') call.id = id;
      // A name that is repeated is the same name; a name that comes in pieces comes before the arguments.
      if (name !== call.name && call.arguments === '') call.name += name;
    }
    call.arguments += argumentText(delta.function?.arguments);
  }

  get size(): number {
    return this.calls.length;
  }

  /** True when no call's arguments are cut off: they are JSON, or empty for a tool without arguments. */
  get whole(): boolean {
    return this.calls.every((call) => call.arguments === '' || isJson(call.arguments));
  }

  /** The calls in their order. Ids are the provider's, or made up where it sent none or sent one twice. */
  finish(): ToolCall[] {
    const ids = new Set<string>();
    return this.calls
      .filter((call) => call.name !== '' || call.arguments !== '')
      .map((call) => {
        const id = call.id === '' || ids.has(call.id) ? `call_${randomUUID().replaceAll('-', '')}` : call.id;
        ids.add(id);
        // A call without a name is answered like one of an unknown tool; an empty name would be refused when echoed.
        return { id, name: call.name || 'unnamed_tool', arguments: call.arguments };
      });
  }

  private find(index: number | undefined, id: string, name: string): OpenCall | undefined {
    if (index === undefined) {
      if (id !== '') return this.calls.find((call) => call.id === id);
      return name === '' ? this.calls.at(-1) : undefined;
    }
    const call = this.calls.findLast((candidate) => candidate.index === index);
    if (!call || name === '') return call;
    // Where one index serves several calls, another id, or a whole call after a whole call, begins a new one.
    if (id !== '' && call.id !== '' && id !== call.id) return undefined;
    if (id === '' && call.arguments !== '' && isJson(call.arguments)) return undefined;
    return call;
  }
}

function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
