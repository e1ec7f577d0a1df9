import { z } from 'zod';
import type { DiscordTool } from '../tool.ts';
import type { DiscordDoor } from '../door.ts';
import { isCategory, type Place } from '../find-channel.ts';
import { kindOf } from '../message-lines.ts';
import { activeThreads, channelsSeen, readsHistory } from '../sight.ts';

const pageSize = 100;

const input = z.object({
  page: z.number().int().min(1).max(1_000).default(1).describe('100 channels each'),
});
const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  category: z.string().optional(),
  /** The name of a thread's channel. */
  in: z.string().optional(),
  topic: z.string().optional(),
  unreadable: z.boolean().optional(),
});
type Channel = z.output<typeof channelSchema>;
const output = z.object({ channels: z.array(channelSchema), total: z.number(), next_page: z.number().optional() });

/** `discord_list_channels(page?)`: what the asker sees, in Discord's order, each with its active threads. */
export const listChannels: DiscordTool<typeof input, typeof output> = {
  name: 'discord_list_channels',
  title: 'List Discord channels',
  description:
    'The channels, forums and active threads of this Discord server that the user can see, with ids and topics.',
  input,
  output,
  // Anybody may name a thread.
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  async run({ page }, { door, asker }) {
    const who = await asker();
    const seen = await channelsSeen(who);
    const threads = await activeThreads(who, seen);
    const { me } = who.guild.members;
    const unreadable = (place: Place) => !readsHistory(place, who.member) || (me !== null && !readsHistory(place, me));
    const ordered = [...seen.values()].filter((channel) => !isCategory(channel)).toSorted(byPosition);
    const all = ordered.flatMap((channel) => [channel, ...threads.filter(({ parentId }) => parentId === channel.id)]);
    const shown = all
      .slice((page - 1) * pageSize, page * pageSize)
      .map((each) => describe(door, each, unreadable(each)));
    const more = all.length > page * pageSize;
    const data = { channels: shown, total: all.length, ...(more && { next_page: page + 1 }) };
    const lines = [...shown.map(lineOf), ...(more ? [`[${all.length} in all; the next: page ${page + 1}]`] : [])];
    return { data, text: lines.join('\n') || `There is no page ${page}: ${all.length} channels in all.` };
  },
};

/** Discord's order: channels without a category first, then by the category's position, then by their own. */
function byPosition(a: Place, b: Place): number {
  const key = (place: Place) => ('rawPosition' in place ? place.rawPosition : 0);
  const above = (place: Place) => (place.parent ? key(place.parent) : -1);
  return above(a) - above(b) || key(a) - key(b) || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
}

function describe(door: DiscordDoor, place: Place, unreadable: boolean): Channel {
  const parent = place.parent === null ? undefined : door.plainName(place.parent.name);
  const topic = 'topic' in place && typeof place.topic === 'string' ? door.plainName(place.topic) : '';
  return {
    id: place.id,
    name: door.plainName(place.name),
    kind: kindOf(place),
    ...(parent !== undefined && (place.isThread() ? { in: parent } : { category: parent })),
    ...(topic !== '' && { topic }),
    ...(unreadable && { unreadable }),
  };
}

function lineOf({ id, name, kind, category, in: parent, topic, unreadable }: Channel): string {
  const where = parent === undefined ? (category === undefined ? '' : `, in ${category}`) : `, in #${parent}`;
  const about = topic === undefined ? '' : `: ${topic}`;
  return `#${name} (${id}; ${kind}${where}${unreadable ? '; its messages cannot be read' : ''})${about}`;
}
