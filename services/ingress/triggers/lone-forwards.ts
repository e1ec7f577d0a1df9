import type { IncomingMessage } from '../discord/incoming.ts';

/** Milliseconds. Discord sends a forward and the comment that a person writes to it as two messages, one right after the other. */
const commentWithinMs = 10_000;
const remembered = 1_000;

/** Remembers forwards that address nobody, until their authors say what they are about. */
export interface LoneForwards {
  /** Takes note of a message that was not addressed to the bot. */
  note(message: IncomingMessage): void;
  /** The forward that this message comments on: the one that its author sent right before it in the channel. */
  before(message: IncomingMessage): IncomingMessage | undefined;
}

export function createLoneForwards(): LoneForwards {
  const last = new Map<string, IncomingMessage>();
  return {
    note(message) {
      const key = keyOf(message);
      last.delete(key);
      if (message.shown.forwarded.length === 0) return;
      last.set(key, message);
      const [oldest] = last.keys();
      if (last.size > remembered && oldest !== undefined) last.delete(oldest);
    },
    before(message) {
      const forward = last.get(keyOf(message));
      last.delete(keyOf(message));
      // A reply is about what it replies to.
      if (!forward || message.replyTo) return undefined;
      return message.at - forward.at <= commentWithinMs ? forward : undefined;
    },
  };
}

function keyOf({ channel, author }: IncomingMessage): string {
  return `${channel} ${author.id}`;
}
