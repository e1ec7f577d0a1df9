import type { IncomingMessage } from '../discord/incoming.ts';

/** Messages that one person wrote in a row in one channel, oldest first. */
export interface Burst {
  messages: [IncomingMessage, ...IncomingMessage[]];
  trigger: string;
}

/** Joins what one person writes in a row into one question. */
export interface Bursts extends AsyncDisposable {
  /**
   * Begins a burst with a message that addresses the bot (true), or adds it to the burst under way (false). Two messages
   * that each are a whole question are two bursts: the first ends.
   */
  add(message: IncomingMessage, trigger: string): boolean;
  /** Adds a message that follows the person's own question; false when they have no burst under way there. */
  join(message: IncomingMessage): boolean;
  /** Removes a message that was deleted, or changes its text, while its burst is under way. */
  revise(channel: string, message: string, content: string | undefined): boolean;
}

/** The longest that a burst lasts, in milliseconds. */
const longestMs = 1_500;

interface Pending {
  messages: IncomingMessage[];
  trigger: string;
  timer: NodeJS.Timeout;
  until: number;
}

/** `quietMs` is the silence that ends a burst. `deliver` gets each burst once. */
export function createBursts(quietMs: number, deliver: (burst: Burst) => Promise<void>): Bursts {
  const pending = new Map<string, Pending>();
  const delivering = new Set<Promise<void>>();

  function end(key: string): void {
    const burst = pending.get(key);
    pending.delete(key);
    if (!burst) return;
    clearTimeout(burst.timer);
    const [first, ...others] = burst.messages;
    if (!first) return;
    const work = deliver({ messages: [first, ...others], trigger: burst.trigger }).finally(() =>
      delivering.delete(work),
    );
    delivering.add(work);
  }

  function append(key: string, burst: Pending, message: IncomingMessage): void {
    if (burst.messages.some(({ id }) => id === message.id)) return;
    burst.messages.push(message);
    clearTimeout(burst.timer);
    burst.timer = setTimeout(end, Math.max(0, Math.min(quietMs, burst.until - Date.now())), key);
  }

  return {
    add(message, trigger) {
      const key = keyOf(message);
      const burst = pending.get(key);
      if (burst && !(isWhole(message) && burst.messages.some(isWhole))) {
        append(key, burst, message);
        return false;
      }
      if (burst) end(key);
      const timer = setTimeout(end, quietMs, key);
      pending.set(key, { messages: [message], trigger, timer, until: Date.now() + longestMs });
      return true;
    },
    join(message) {
      const key = keyOf(message);
      const burst = pending.get(key);
      if (!burst) return false;
      append(key, burst, message);
      return true;
    },
    revise(channel, id, content) {
      for (const burst of pending.values()) {
        const at = burst.messages.findIndex((message) => message.id === id && message.channel === channel);
        const message = burst.messages[at];
        if (!message) continue;
        if (content === undefined) burst.messages.splice(at, 1);
        else message.shown = { ...message.shown, text: content };
        return true;
      }
      return false;
    },
    async [Symbol.asyncDispose]() {
      for (const key of pending.keys()) end(key);
      await Promise.all(delivering);
    },
  };
}

function keyOf(message: IncomingMessage): string {
  return `${message.channel} ${message.author.id}`;
}

/** Marks with which a question ends, in many scripts. */
const endOfQuestion = /[?？؟՞፧]["'”’)\]*_~]*\s*$/u;

/** Whether a message asks something by itself: it calls the bot and says something, or ends as a question does. */
function isWhole({ mentionsBot, mentionsBotRole, shown }: IncomingMessage): boolean {
  const words = shown.text.replaceAll(/<@[!&]?\d+>/g, '').trim();
  return words !== '' && (mentionsBot || mentionsBotRole || endOfQuestion.test(words));
}
