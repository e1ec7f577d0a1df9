import type { Client, Message, TextBasedChannel } from 'discord.js';
import { errorText } from '#shared/errors.ts';
import { createLogger } from '#shared/log.ts';
import { snowflakeOf } from '../delivery/find-posted.ts';
import { failureOf } from '../discord/errors.ts';
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

/** Channels that could not be read yet; messages older than `oldest` (an id) are let be. */
export interface Unread {
  channels: Behind[];
  oldest: string;
}

/**
 * After a new session: reads, in each channel that the bot sees, what came since its mark, and gives it to the
 * listener as if it came now. A message that was dealt with already is known by its id, so that nothing is answered twice.
 * Resolves with the channels that could not be read: their marks stay until `readAgain` has read them, in this process or,
 * after the next session, in another one. Rejects when nothing was read, for Redis cannot be read or takes no writes.
 */
export async function catchUp(parts: CatchUpParts): Promise<Unread> {
  const { marks, since } = await parts.marks.load();
  const oldest = snowflakeOf(Date.now() - parts.maxAgeMs);
  if (parts.maxAgeMs === 0) return { channels: [], oldest };
  await parts.marks.storeSince();
  return readAgain(parts, { channels: behind(parts, marks, since), oldest });
}

/** Reads what could not be read before, each channel for itself. Resolves with what still cannot be. */
export async function readAgain(parts: CatchUpParts, { channels, oldest }: Unread): Promise<Unread> {
  const total = { channels: 0, messages: 0 };
  const unread: Behind[] = [];
  for (const missed of channels) {
    const { id, mark } = missed;
    try {
      const messages = await readSince(parts.client, missed, newer(oldest, mark) ? oldest : mark);
      total.channels += 1;
      total.messages += messages.length;
      give(parts, id, messages);
      parts.marks.found(id);
      if (messages.length >= maxPerChannel) {
        log.error({ channel: id, read: messages.length }, 'too much was missed: the latest messages are let be');
      }
    } catch (error) {
      parts.marks.missing(id);
      const again = !isFinal(error);
      if (again) unread.push(missed);
      log[again ? 'warn' : 'info']({ channel: id, again, error: errorText(error) }, 'a channel could not be read');
    }
  }
  if (total.channels > 0) caughtUp(total);
  return { channels: unread, oldest };
}

/** Whether trying again is of no use before something changes: not ours to read, or gone. The next session tries it again. */
function isFinal(error: unknown): boolean {
  return ['forbidden', 'gone', 'invalid'].includes(failureOf(error));
}

/** What is missing of a channel (oldest first) is given to the listener: its mark may follow. */
function give({ client, listener, marks }: CatchUpParts, channel: string, messages: Message[]): void {
  const newest = messages.at(-1);
  const taken = messages.map((message) => listener.take(incomingMessage(message, client.user?.id ?? '')));
  if (newest && taken.every(Boolean)) marks.covered(channel, newest.id);
}

interface Behind {
  /** Of the channel. */
  id: string;
  /** What came after this message may have been missed. */
  mark: string;
  /** Its newest message, where that is known. */
  last: string | undefined;
}

/** Channels with messages after their marks; one without counts from when the bot was first there. */
function behind(parts: CatchUpParts, marks: Map<string, string>, since: string): Behind[] {
  const found: Behind[] = [];
  for (const channel of parts.client.channels.cache.values()) {
    if (!channel.isTextBased() || channel.isDMBased()) continue;
    const last = channel.lastMessageId ?? undefined;
    const joined = snowflakeOf(channel.guild.joinedTimestamp);
    const mark = marks.get(channel.id) ?? (newer(joined, since) ? joined : since);
    if (last === undefined || newer(last, mark)) found.push({ id: channel.id, mark, last });
    else {
      parts.marks.found(channel.id);
      parts.marks.initialise(channel.id, last);
    }
  }
  return [...found, ...directMessages(parts, marks)];
}

/** Discord does not list direct-message channels: those with a mark are asked for, the latest first. */
function directMessages({ client }: CatchUpParts, marks: Map<string, string>): Behind[] {
  const unknown = [...marks.entries()].filter(([id]) => {
    const channel = client.channels.cache.get(id);
    return !channel || channel.isDMBased();
  });
  const latest = unknown.toSorted(([, a], [, b]) => (newer(a, b) ? -1 : 1)).slice(0, maxDms);
  return latest.map(([id, mark]) => ({ id, mark, last: undefined }));
}

/** Messages after `mark`, oldest first. */
async function readSince(client: Client, { id, last }: Behind, mark: string): Promise<Message[]> {
  const channel = await textChannel(client, id);
  const all: Message[] = [];
  if (!channel) return all;
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

/** Undefined for what has a mark and is neither a channel of a server that we see nor one of direct messages. */
async function textChannel(client: Client, id: string): Promise<TextBasedChannel | undefined> {
  const known = client.channels.cache.get(id);
  if (known && !known.isDMBased()) return known.isTextBased() ? known : undefined;
  const channel = await client.channels.fetch(id, { force: true });
  return channel?.isDMBased() && channel.isTextBased() ? channel : undefined;
}
