import type { Client, Message, TextBasedChannel } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { failureOf } from '../discord/errors.ts';
import { mayRead } from '../discord/permissions.ts';
import { latest, newer, snowflakeOf } from '../discord/snowflakes.ts';
import { caughtUp } from '../events.ts';
import type { IngressConfig } from '../config.ts';
import { incomingMessage } from '../discord/incoming.ts';
import type { Listener } from './listen.ts';
import type { ChannelKind, Marks } from './marks.ts';

const log = createLogger('catch-up');

/** Messages of one channel that are read; a channel with more is too busy to be caught up with. */
const maxPerChannel = 1_000;
const pageSize = 100;

export interface CatchUpContext {
  config: IngressConfig;
  client: Client;
  marks: Marks;
  listener: Listener;
}

/** Messages older than this many milliseconds are left alone; 0 switches catching up off. */
export function catchUpMs(config: IngressConfig): number {
  return config.DISCORD_CATCH_UP_MINUTES * 60_000;
}

/** Channels that could not be read yet; messages older than `oldest` (an id) are left alone. */
export interface Unread {
  channels: Behind[];
  oldest: string;
}

/**
 * After a new session: reads in each channel that the bot sees what came since its mark, and gives it to the listener
 * as if it came now. A message that was dealt with already is known by its id, so that nothing is answered twice.
 * Resolves to the channels that could not be read; their marks stay until `readAgain` has read them, in this process
 * or, after the next session, in another one. Rejects when nothing was read because Redis cannot be read or takes no
 * writes.
 */
export async function catchUp(ingress: CatchUpContext): Promise<Unread> {
  const loaded = await ingress.marks.load();
  const maxAgeMs = catchUpMs(ingress.config);
  const oldest = snowflakeOf(loaded.now - maxAgeMs);
  if (maxAgeMs === 0) return { channels: [], oldest };
  await ingress.marks.storeSince();
  const channels = [...behind(ingress, loaded, oldest), ...unlisted(ingress, loaded)];
  const unread = await readAgain(ingress, { channels, oldest });
  ingress.marks.trim();
  return unread;
}

/** Reads the channels that could not be read before, each on its own. Resolves to those that still cannot be read. */
export async function readAgain(ingress: CatchUpContext, { channels, oldest }: Unread): Promise<Unread> {
  const total = { channels: 0, messages: 0 };
  // The two kinds are read side by side: channels that are known to be behind do not wait for the many that must be
  // asked for.
  const [listed, asked] = [
    channels.filter(({ listed: known }) => known),
    channels.filter(({ listed: known }) => !known),
  ];
  const unread = await Promise.all([readEach(ingress, listed, oldest, total), readEach(ingress, asked, oldest, total)]);
  if (total.channels > 0) caughtUp(total);
  return { channels: unread.flat(), oldest };
}

async function readEach(
  ingress: CatchUpContext,
  channels: Behind[],
  oldest: string,
  total: { channels: number; messages: number },
): Promise<Behind[]> {
  const unread: Behind[] = [];
  for (const missed of channels) {
    const { id, mark } = missed;
    try {
      const messages = await readSince(ingress, missed, latest(oldest, mark));
      total.channels += 1;
      total.messages += messages.length;
      give(ingress, id, messages);
      ingress.marks.found(id);
      if (messages.length >= maxPerChannel) {
        log.error({ channel: id, read: messages.length }, 'too much was missed: the latest messages are let be');
      }
    } catch (error) {
      const again = !isFinal(error);
      // Direct messages cannot be taken away, so that a channel which is gone or hidden from us was one of a server.
      if (!again && missed.kind === undefined) ingress.marks.learn(id, 'channel');
      else ingress.marks.missing(id);
      if (again) unread.push(missed);
      log[again ? 'warn' : 'info']({ channel: id, again, error: errorText(error) }, 'a channel could not be read');
    }
  }
  return unread;
}

/** Whether trying again is useless for now: we may not read it, or it is gone. The next session tries again. */
function isFinal(error: unknown): boolean {
  return ['forbidden', 'gone', 'invalid'].includes(failureOf(error));
}

/** Gives the missed messages of a channel (oldest first) to the listener, so that its mark may follow. */
function give({ client, listener, marks }: CatchUpContext, channel: string, messages: Message[]): void {
  const newest = messages.at(-1);
  const taken = messages.map((message) => listener.take(incomingMessage(message, client.user?.id ?? '')));
  if (newest && taken.every(Boolean)) marks.covered(channel, newest.id);
}

interface Behind {
  /** The channel's id. */
  id: string;
  /** Messages after this one may have been missed. */
  mark: string;
  /** Its newest message, where that is known. */
  last: string | undefined;
  kind: ChannelKind | undefined;
  /** False when Discord does not list the channel by itself, so that it must be asked for. */
  listed: boolean;
}

type Loaded = Awaited<ReturnType<Marks['load']>>;

/** Channels of servers with messages after their marks. A channel without a mark counts from when the bot joined. */
function behind(ingress: CatchUpContext, { marks, since }: Loaded, oldest: string): Behind[] {
  const found: Behind[] = [];
  for (const channel of ingress.client.channels.cache.values()) {
    if (!channel.isTextBased() || channel.isDMBased()) continue;
    const { id } = channel;
    const kind = channel.isThread() ? 'thread' : 'channel';
    ingress.marks.learn(id, kind);
    if (!mayRead(channel)) {
      // Asking would be refused each time. What was missed there is read by the session that may.
      ingress.marks.missing(id);
      continue;
    }
    const last = channel.lastMessageId ?? undefined;
    const mark = latest(marks.get(id) ?? latest(snowflakeOf(channel.guild.joinedTimestamp), since), oldest);
    if (last === undefined || newer(last, mark)) {
      found.push({ id, mark, last, kind, listed: true });
      continue;
    }
    ingress.marks.found(id);
    if (newer(last, oldest)) ingress.marks.initialise(id, last);
  }
  return found;
}

/**
 * Channels with a mark that Discord does not list: first direct messages, then those whose kind an earlier version did
 * not store; the latest first. A thread that is not listed is archived or gone, so that nobody has written there.
 */
function unlisted({ client }: CatchUpContext, { marks, kinds }: Loaded): Behind[] {
  const found: Behind[] = [];
  for (const [id, mark] of marks) {
    const channel = client.channels.cache.get(id);
    const kind = channel?.isDMBased() ? 'dm' : kinds.get(id);
    if (channel && !channel.isDMBased()) continue;
    if (kind === 'dm' || kind === undefined) found.push({ id, mark, last: undefined, kind, listed: false });
  }
  const latestFirst = found.toSorted((a, b) => (newer(a.mark, b.mark) ? -1 : 1));
  return [...latestFirst.filter(({ kind }) => kind === 'dm'), ...latestFirst.filter(({ kind }) => kind === undefined)];
}

/** Messages after `mark`, oldest first. */
async function readSince(ingress: CatchUpContext, { id, last, listed }: Behind, mark: string): Promise<Message[]> {
  const channel = listed ? ingress.client.channels.cache.get(id) : await askFor(ingress, id);
  const all: Message[] = [];
  if (!channel?.isTextBased()) return all;
  const newest = listed ? last : (channel.lastMessageId ?? undefined);
  for (let after = mark; all.length < maxPerChannel;) {
    if (newest !== undefined && !newer(newest, after)) break;
    const page = await channel.messages.fetch({ after, limit: pageSize });
    const messages = [...page.values()].toSorted((a, b) => (newer(a.id, b.id) ? 1 : -1));
    all.push(...messages);
    const latestRead = messages.at(-1);
    if (!latestRead || messages.length < pageSize) break;
    after = latestRead.id;
  }
  return all;
}

/** Fetches a channel that Discord has not listed; undefined when it is not one of direct messages. */
async function askFor({ client, marks }: CatchUpContext, id: string): Promise<TextBasedChannel | undefined> {
  const channel = await client.channels.fetch(id, { force: true });
  const direct = channel?.isDMBased() === true && channel.isTextBased();
  marks.learn(id, direct ? 'dm' : channel?.isThread() ? 'thread' : 'channel');
  return direct ? channel : undefined;
}
