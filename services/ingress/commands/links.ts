import type { RunRecord } from '#shared/run/record.ts';
import type { DeliveryStore } from '../delivery/store.ts';

/** The address of the first message of a run's answer; undefined while there is none. */
export async function answerLink({ id, request }: RunRecord, deliveries: DeliveryStore): Promise<string | undefined> {
  const { parts } = await deliveries.read(id);
  const { message, channel } = parts.get('0') ?? {};
  if (message === undefined) return undefined;
  const place = request.discord;
  // An answer that went elsewhere stands in direct messages.
  return channel === undefined || channel === place?.channel
    ? linkTo(place, message)
    : linkTo({ channel, messages: [] }, message);
}

/** The address of the question; undefined when it was asked by command. */
export function questionLink({ request }: RunRecord): string | undefined {
  const message = request.discord?.message;
  return message === undefined ? undefined : linkTo(request.discord, message);
}

function linkTo(place: RunRecord['request']['discord'], message: string): string | undefined {
  return place && `https://discord.com/channels/${place.guild ?? '@me'}/${place.channel}/${message}`;
}
