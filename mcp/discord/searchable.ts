import type { Asker } from './asker.ts';
import type { Place } from './find-channel.ts';
import { checkReadable } from './readable.ts';
import { activeThreads, readsHistory, type Seen } from './sight.ts';

/** Channels and threads that one search looks through, those with the latest messages first. */
const maxPlaces = 50;

/** Where a search looks: in one channel, with the posts of a forum, or in all that asker and bot can read. */
export async function searchable(asker: Asker, seen: Seen, one: Place | undefined): Promise<Place[]> {
  if (one) {
    checkReadable(one, asker);
    if (one.isThread() || !one.isThreadOnly()) return [one];
  }
  const threads = await activeThreads(asker, seen);
  const places: Place[] = one ? threads.filter(({ parentId }) => parentId === one.id) : [...seen.values(), ...threads];
  const { me } = asker.guild.members;
  return places
    .filter((place) => place.isTextBased() && readsHistory(place, asker.member))
    .filter((place) => me === null || readsHistory(place, me))
    .toSorted((a, b) => (lastOf(b) > lastOf(a) ? 1 : -1))
    .slice(0, maxPlaces);
}

function lastOf(place: Place): bigint {
  return BigInt(('lastMessageId' in place ? place.lastMessageId : null) ?? 0);
}
