import type { PlayedDiscord } from './discord.ts';

/** A played place of conversation: one person in one channel. */
export interface Place {
  channel: string;
  author: string;
}

const channelCount = 12;
const peopleCount = 24;

/** Makes channels and people, so that many conversations go on at once. */
export async function settle(discord: PlayedDiscord): Promise<Place[]> {
  const channels: string[] = [];
  const people: string[] = [];
  for (let at = 0; at < channelCount; at += 1) {
    channels.push((await discord.post<{ id: string }>('add-channel', { name: `room-${at}` })).id);
  }
  for (let at = 0; at < peopleCount; at += 1) {
    people.push((await discord.post<{ id: string }>('add-person', { name: `Person${at}`, roles: ['member'] })).id);
  }
  // Neighbours in the list differ in both, so that consecutive questions belong to different conversations.
  return people.flatMap((author, at) =>
    channels.map((_, index) => ({ channel: channels[(at + index) % channels.length] ?? '', author })),
  );
}
