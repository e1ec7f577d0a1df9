import { setTimeout as sleep } from 'node:timers/promises';
import { demoIds } from '#services/playground/state/demo.ts';
import type { ShownMessage } from '#services/playground/controls/shown.ts';

/** The controls of a playground that runs as another process, over HTTP. */
export interface PlaygroundHttp {
  say(input: { channel: string; author: string; content: string; replyTo?: string }): Promise<ShownMessage>;
  /** Resolves to what the person sees after the press. */
  click(input: { message: string; author: string; label?: string; customId?: string }): Promise<unknown>;
  command(input: {
    channel: string;
    author: string;
    name: string;
    options?: object;
  }): Promise<{ message?: ShownMessage }>;
  messages(channel: string): Promise<ShownMessage[]>;
  /** The first message that the predicate accepts; rejects after `ms` with what the channel showed. */
  waitFor(channel: string, predicate: (message: ShownMessage) => boolean, ms?: number): Promise<ShownMessage>;
}

/** `page` is the playground's address, as stack.json or its ready line gives it. */
export function controlPlayground(page: string): PlaygroundHttp {
  const base = new URL('/playground/api/', page);
  async function call<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(new URL(path, base), {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.slice(0, 300)}`);
    return JSON.parse(answer) as T;
  }
  // Ada sees all channels.
  const messages = (channel: string) => call<ShownMessage[]>(`messages?as=Ada&channel=${idOf(channel)}`);
  return {
    say: (input) => call('say', input),
    click: (input) => call('click', input),
    command: (input) => call('command', input),
    messages,
    async waitFor(channel, predicate, ms = 30_000) {
      const late = Date.now() + ms;
      while (true) {
        const shown = await messages(channel);
        const found = shown.find((message) => predicate(message));
        if (found) return found;
        if (Date.now() > late) throw new Error(`waited in vain; ${channel} shows ${JSON.stringify(shown.slice(-4))}`);
        await sleep(50);
      }
    },
  };
}

function idOf(channel: string): string {
  return Object.entries(demoIds.channels).find(([name]) => name === channel)?.[1] ?? channel;
}
