import type { APIMessage } from 'discord.js';
import type { DiscordDoor } from './door.ts';
import type { Place } from './find-channel.ts';

export interface Scan {
  /** All messages of the channels down to `before`, the newest first. */
  messages: APIMessage[];
  /** Where to go on; undefined when nothing older is left. */
  before?: string;
}

const pageSize = 100;
/** A request brings at least some messages, unless channels are nearly empty. */
const maxRequests = 40;

/**
 * Reads the latest messages of several channels together, about `most` of them, always going on in the channel that has
 * the newest unread ones. So everything is known down to one moment, whichever channels are busy.
 */
export async function scanMessages(
  door: DiscordDoor,
  places: readonly Place[],
  options: { before?: string; most: number; signal: AbortSignal },
): Promise<Scan> {
  const open = new Map(places.flatMap((place) => startOf(place, options.before)));
  const read: APIMessage[] = [];
  for (let requests = 0; requests < maxRequests && read.length < options.most; requests += 1) {
    options.signal.throwIfAborted();
    const [id, position] = newestOf(open) ?? [];
    if (id === undefined || position === undefined) break;
    const limit = Math.min(pageSize, options.most - read.length);
    const page = await door.messages(id, { before: String(position), limit });
    const last = page.at(-1);
    read.push(...page);
    if (last === undefined || page.length < limit) open.delete(id);
    else open.set(id, BigInt(last.id));
  }
  const [, boundary] = newestOf(open) ?? [];
  const known = boundary === undefined ? read : read.filter(({ id }) => BigInt(id) >= boundary);
  const messages = known.toSorted((a, b) => (BigInt(b.id) > BigInt(a.id) ? 1 : -1));
  return { messages, ...(boundary !== undefined && { before: String(boundary) }) };
}

/** Where reading begins in a channel: its messages have smaller ids. */
function startOf(place: Place, before: string | undefined): [string, bigint][] {
  const last = 'lastMessageId' in place ? place.lastMessageId : null;
  if (last === null) return [];
  const newest = BigInt(last) + 1n;
  return [[place.id, before !== undefined && BigInt(before) < newest ? BigInt(before) : newest]];
}

function newestOf(open: ReadonlyMap<string, bigint>): [string, bigint] | undefined {
  return [...open].reduce<[string, bigint] | undefined>((a, b) => (a === undefined || b[1] > a[1] ? b : a), undefined);
}
