import { StringDecoder } from 'node:string_decoder';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { idIn, inPlaceOf, parse, readMessages } from './readable.ts';

/** Reads messages from what a child prints: one on a line, or one over several lines. Log lines are skipped. */
export interface LineReader {
  /** A message that is longer than `maxLength` is passed over; what stands for it ends the call that it answers. */
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

  /** Of a line that is too long: its beginning and its end, where its id may stand. */
  let long: { head: string; tail: string } | undefined;

  function readLong({ head, tail }: { head: string; tail: string }): JSONRPCMessage[] {
    return isProtocol(head + tail) ? inPlaceOf(idIn(head) ?? idIn(tail)) : [];
  }

  return {
    read(chunk) {
      const text = decoder.write(chunk);
      // A long line is searched once, and not again with each part that arrives.
      const lines = text.includes('\n') ? (rest + text).split('\n') : [rest + text];
      rest = lines.pop() ?? '';
      const messages: JSONRPCMessage[] = [];
      if (long) {
        const more: string = lines.length > 0 ? (lines.shift() ?? '') : rest;
        long.tail = (long.tail + more).slice(-edge);
        if (lines.length === 0 && !text.includes('\n')) rest = '';
        else {
          messages.push(...readLong(long));
          long = undefined;
        }
      }
      messages.push(...lines.flatMap((line) => (line.length > maxLength ? readLong(edgesOf(line)) : readLine(line))));
      if (rest.length > maxLength) {
        long = edgesOf(rest);
        rest = '';
      }
      return messages;
    },
  };
}

/** Characters at both ends of a long line in which its id is looked for. */
const edge = 400;

function edgesOf(line: string): { head: string; tail: string } {
  return { head: line.slice(0, edge), tail: line.slice(-edge) };
}

function isProtocol(text: string): boolean {
  return /["'](?:jsonrpc|result|error|method)["']/.test(text);
}
