import type { Client, Message, TextBasedChannel } from 'discord.js';
import { errorText } from '#shared/errors.ts';
import { createLogger } from '#shared/log.ts';
import { snowflakeOf } from '../delivery/find-posted.ts';
import { caughtUp } from '../events.ts';
import { incomingMessage } from './incoming.ts';
import type { Listener } from './listen.ts';
import { newer, type Marks } from './marks.ts';

const log = createLogger('catch-up');

/** Messages of one channel that are looked through; beyond them a channel is too busy to be caught up with. */
const maxPerChannel = 1_000;
const pageSize = 100;
const maxDms = 100;

export interface CatchUpParts {
  client: Client;
  marks: Marks;
  listener: Listener;
  /** Messages older than so many milliseconds are let be; 0 switches catching up off. */
  maxAgeMs: number;
}

/**
 * After a new session: reads, in each channel that the bot sees, what came since its mark, and gives it to the
 * listener as if it came now. A message that was dealt with already is known by its id, so that nothing is answered twice.
 */
export async function catchUp(parts: CatchUpParts): Promise<void> {
  const { marks, since } = await parts.marks.load();
  if (parts.maxAgeMs === 0) return;
  const oldest = snowflakeOf(Date.now() - parts.maxAgeMs);
  const total = { channels: 0, messages: 0 };
  for (const { channel, mark, last } of await behind(parts, marks, since)) {
    try {
      const messages = await readSince(channel, newer(oldest, mark) ? oldest : mark, last);
      total.channels += 1;
      total.messages += messages.length;
      give(parts, channel.id, messages);
      if (messages.length >= maxPerChannel) {
        log.error(
          { channel: channel.id, read: messages.length },
          'too much was missed: the latest messages are let be',
        );
      }
    } catch (error) {
      log.warn({ channel: channel.id, error: errorText(error) }, 'a channel could not be caught up with');
    }
  }
  if (total.channels > 0) caughtUp(total);
}

/** What is missing of a channel (oldest first) is given to the listener: its mark may follow. */
function give({ client, listener, marks }: CatchUpParts, channel: string, messages: Message[]): void {
  const newest = messages.at(-1);
  const taken = messages.map((message) => listener.take(incomingMessage(message, client.user?.id ?? '')));
  if (newest && taken.every(Boolean)) marks.covered(channel, newest.id);
}

interface Behind {
  channel: TextBasedChannel;
  /** What came after this message may have been missed. */
  mark: string;
  /** Its newest message, where that is known. */
  last: string | undefined;
}

/** Channels with messages after their marks; one without counts from when the bot was first there. */
async function behind(parts: CatchUpParts, marks: Map<string, string>, since: string): Promise<Behind[]> {
  const found: Behind[] = [];
  for (const channel of parts.client.channels.cache.values()) {
    if (!channel.isTextBased() || channel.isDMBased()) continue;
    const last = channel.lastMessageId ?? undefined;
    const joined = snowflakeOf(channel.guild.joinedTimestamp);
    const mark = marks.get(channel.id) ?? (newer(joined, since) ? joined : since);
    if (last === undefined || newer(last, mark)) found.push({ channel, mark, last });
    else parts.marks.initialise(channel.id, last);
  }
  return [...found, ...(await directMessages(parts, marks))];
}

/** Discord does not list direct-message channels: those with a mark are asked for, the latest first. */
async function directMessages(parts: CatchUpParts, marks: Map<string, string>): Promise<Behind[]> {
  const { client } = parts;
  const unknown = [...marks.entries()].filter(([id]) => {
    const channel = client.channels.cache.get(id);
    return !channel || channel.isDMBased();
  });
  const latest = unknown.toSorted(([, a], [, b]) => (newer(a, b) ? -1 : 1)).slice(0, maxDms);
  const found: Behind[] = [];
  for (const [id, mark] of latest) {
    const channel = await client.channels.fetch(id, { force: true }).catch(() => undefined);
    if (channel?.isDMBased() && channel.isTextBased()) found.push({ channel, mark, last: undefined });
  }
  return found;
}

/** Messages after `mark`, oldest first. */
async function readSince(channel: TextBasedChannel, mark: string, last: string | undefined): Promise<Message[]> {
  const all: Message[] = [];
  for (let after = mark; all.length < maxPerChannel;) {
    if (last !== undefined && !newer(last, after)) break;
    const page = await channel.messages.fetch({ after, limit: pageSize });
    const messages = [...page.values()].toSorted((a, b) => (newer(a.id, b.id) ? 1 : -1));
    all.push(...messages);
    const newest = messages.at(-1);
    if (!newest || messages.length < pageSize) break;
    after = newest.id;
  }
  return all;
}
