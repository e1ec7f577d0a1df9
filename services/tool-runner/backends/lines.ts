import { StringDecoder } from 'node:string_decoder';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { parse, readMessages } from './readable.ts';

/** Reads messages from what a child prints: one on a line, or one over several lines. Log lines are skipped. */
export interface LineReader {
  /** Throws when a message is longer than `maxLength`. */
  read(chunk: Buffer): JSONRPCMessage[];
}

/** `maxLength`: characters of one message. */
export function createLineReader(maxLength: number): LineReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  /** The lines of a message that has begun and not ended. */
  let begun = '';

  function readLine(line: string): JSONRPCMessage[] {
    const text = line.trim();
    if (text === '') return [];
    if (begun !== '') {
      const alone = text.startsWith('{') && text.includes('"jsonrpc"') && parse(text) !== undefined;
      if (!alone) return readMore(line);
      begun = '';
    }
    if (!/^\ufeff?[{[]/.test(text)) return [];
    // An array or object that a program prints for itself has no such fields, and names no request.
    if (parse(text) !== undefined || /[}\]]$/.test(text)) return isProtocol(text) ? readMessages(text) : [];
    begun = line;
    return [];
  }

  function readMore(line: string): JSONRPCMessage[] {
    begun += `\n${line}`;
    if (begun.length > maxLength) begun = '';
    // Only the bracket that closes the outermost one stands at the beginning of its line.
    if (!/^[}\]]/.test(line) || parse(begun) === undefined) return [];
    const whole = begun;
    begun = '';
    return isProtocol(whole) ? readMessages(whole) : [];
  }

  return {
    read(chunk) {
      const text = decoder.write(chunk);
      // A long line is searched once, and not again with each part that arrives.
      const lines = text.includes('\n') ? (rest + text).split('\n') : [rest + text];
      rest = lines.pop() ?? '';
      if (rest.length > maxLength) throw new Error(`a message is longer than ${maxLength} characters`);
      return lines.flatMap(readLine);
    },
  };
}

function isProtocol(text: string): boolean {
  return /["'](?:jsonrpc|result|error|method)["']/.test(text);
}
