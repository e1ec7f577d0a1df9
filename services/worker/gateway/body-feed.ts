import { createParser } from 'eventsource-parser';
import type { AnswerParts } from './answer/assemble.ts';
import { badFormat, cutStream } from './errors/errors.ts';

/** Takes the bytes of an answer's body. Both throw a DragomanError for what is no answer. */
export interface Feed {
  data(chunk: Buffer): void;
  end(): void;
}

/** Characters of a whole answer, or of one event, beyond which nobody will read it. */
const maxChars = 32_000_000;

/**
 * Reads a body as what it is, whatever its Content-Type says: a stream of events, one JSON object of an endpoint that
 * does not stream, JSON objects line by line, or a web page, which is no answer. `heard` is called after each event.
 */
export function createFeed(parts: AnswerParts, heard: () => void): Feed {
  const decoder = new TextDecoder();
  let begun = '';
  let feed: TextFeed | undefined;
  const take = (text: string): void => {
    if (feed) return feed.take(text);
    begun += text;
    const first = begun.trimStart();
    if (first === '') return;
    feed = feedFor(first, parts, heard);
    feed.take(begun);
  };
  return {
    data: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end() {
      take(decoder.decode());
      feed?.end();
    },
  };
}

interface TextFeed {
  take(text: string): void;
  end(): void;
}

function feedFor(first: string, parts: AnswerParts, heard: () => void): TextFeed {
  if (first.startsWith('<')) return pageFeed();
  return first.startsWith('{') || first.startsWith('[') ? jsonFeed(parts, heard) : eventFeed(parts, heard);
}

function eventFeed(parts: AnswerParts, heard: () => void): TextFeed {
  const parser = createParser({
    onEvent({ data, event }) {
      if (parts.ended) return;
      parts.push(data, event);
      heard();
    },
    // Gateways that fail in the middle of a stream may end it with a bare object or a page.
    onError({ line = '' }) {
      const text = line.trim();
      if (text.startsWith('<')) throw badFormat('page', text);
      const bare = /^(?:error:\s*)?(\{[^]*)$/.exec(text)?.[1];
      if (bare !== undefined && !parts.ended) parts.push(bare, text === bare ? undefined : 'error');
    },
  });
  // The parser gets whole lines: of a line that is no field it would drop the beginning.
  let held = '';
  return {
    take(text) {
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
      if (end > 0) parser.feed(held + text.slice(0, end));
      held = end > 0 ? text.slice(end) : held + text;
      if (held.length > maxChars) throw badFormat('endless', 'the answer has no end');
    },
    end() {
      // The last event may come without the blank line after it. A body that was cut in its middle ends there, too.
      try {
        parser.feed(`${held}\n\n`);
      } catch (error) {
        throw cutStream(error);
      }
    },
  };
}

/** One object over many lines, or one a line. */
function jsonFeed(parts: AnswerParts, heard: () => void): TextFeed {
  let held = '';
  let lines = false;
  const takeLines = (): void => {
    for (let at = held.indexOf('\n'); at >= 0; at = held.indexOf('\n')) {
      const line = held.slice(0, at).trim();
      if (!lines && !isJson(line)) return;
      lines = true;
      held = held.slice(at + 1);
      if (line !== '' && !parts.ended) parts.push(line);
      heard();
    }
  };
  return {
    take(text) {
      held += text;
      if (held.length > maxChars) throw badFormat('endless', 'the answer has no end');
      // Only a first line that is whole tells that more will follow.
      if (lines || text.includes('\n')) takeLines();
    },
    end() {
      if (held.trim() !== '') {
        if (!isJson(held)) throw cutStream(new Error(held.slice(0, 500)));
        parts.push(held);
        heard();
      }
      parts.pushEnd();
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the beginning of a page for the log. */
function pageFeed(): TextFeed {
  let held = '';
  return {
    take(text) {
      if (held.length < 2_000) held += text;
      else throw badFormat('page', held);
    },
    end() {
      throw badFormat('page', held);
    },
  };
}
