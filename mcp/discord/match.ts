import type { ReadMessage } from './message-lines.ts';

/** Whether a message has all words of a query and is of that author; either may be empty. Case and width do not count. */
export function matcherOf(query: string, author: string | undefined): (message: ReadMessage) => boolean {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const who = author?.trim() ?? '';
  const id = /^(?:<@!?)?(\d{17,20})>?$/.exec(who)?.[1];
  const name = fold(who.replace(/^@/, ''));
  return (message) => {
    if (id !== undefined ? message.author_id !== id : !fold(message.author).includes(name)) return false;
    const text = fold(message.text);
    return words.every((word) => text.includes(word));
  };
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
