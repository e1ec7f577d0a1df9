import { randomUUID } from 'node:crypto';
import type { ToolCall } from '#shared/run/journal-entries.ts';
import { callClose, callOpen } from './instructions.ts';

/** The name given to a call whose own name could not be read; the model is told that there is no such tool. */
export const unreadableCall = 'unreadable_tool_call';

/**
 * Reads the answer of a model that was given the prompted protocol. Text outside of the blocks is text; each block is
 * one call. A block that breaks the protocol becomes a call with the raw text as its arguments; checking the arguments
 * then tells the model what was wrong.
 */
export class PromptedAnswer {
  private held = '';
  private inBlock = false;
  private readonly calls: ToolCall[] = [];
  private callsShown = 0;
  private shown = false;

  /** Takes a piece of the answer; returns the text that may be shown already. */
  push(piece: string): string {
    this.held += piece;
    let text = '';
    for (;;) {
      const marker = this.inBlock ? callClose : callOpen;
      const at = this.held.indexOf(marker);
      if (at < 0) break;
      if (this.inBlock) this.calls.push(readCall(this.held.slice(0, at)));
      else text += this.show(this.held.slice(0, at).trimEnd());
      this.held = this.held.slice(at + marker.length);
      this.inBlock = !this.inBlock;
    }
    if (this.inBlock) return text;
    const ready = this.held.length - heldBack(this.held);
    text += this.show(this.held.slice(0, ready));
    this.held = this.held.slice(ready);
    return text;
  }

  /** Blank lines around a block belong to it; text after a block begins a paragraph of its own. */
  private show(text: string): string {
    const own = this.calls.length > this.callsShown ? text.trimStart() : text;
    if (own === '') return '';
    const gap = this.calls.length > this.callsShown && this.shown ? '\n\n' : '';
    this.callsShown = this.calls.length;
    this.shown = true;
    return gap + own;
  }

  /** Ends the answer: returns the text that was held back, and the calls. */
  end(): { text: string; toolCalls: ToolCall[] } {
    const rest = this.held;
    this.held = '';
    if (!this.inBlock) return { text: this.show(this.calls.length > 0 ? rest.trimEnd() : rest), toolCalls: this.calls };
    // Models tend to end at the JSON's last brace, so what reads as a call is one even without its closing marker.
    this.calls.push(readCall(rest));
    return { text: '', toolCalls: this.calls };
  }
}

/** How many characters at the end of `text` may begin a block, including the blank lines before it. */
function heldBack(text: string): number {
  const bare = text.trimEnd();
  for (let length = Math.min(callOpen.length - 1, text.length); length > 0; length -= 1) {
    if (!callOpen.startsWith(text.slice(-length))) continue;
    return length + trailingSpace(text.slice(0, -length));
  }
  return text.length - bare.length;
}

function trailingSpace(text: string): number {
  return text.length - text.trimEnd().length;
}

function readCall(block: string): ToolCall {
  const id = `call_${randomUUID().replaceAll('-', '')}`;
  const raw = unfenced(block.trim());
  const value = parse(raw);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { id, name: nameIn(raw), arguments: raw };
  }
  const { name, arguments: args } = value as { name?: unknown; arguments?: unknown };
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : unreadableCall,
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
  };
}

/** Takes the JSON out of the code fence that some models put around it. */
function unfenced(text: string): string {
  return /^```(?:json)?\s*\n([^]*?)\n?```$/.exec(text)?.[1]?.trim() ?? text;
}

/** Finds the tool's name in text that is not JSON, so that the model hears about the arguments of that tool. */
function nameIn(raw: string): string {
  return /"name"\s*:\s*"([^"\\]{1,128})"/.exec(raw)?.[1] ?? unreadableCall;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
