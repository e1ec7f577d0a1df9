import type { RunRecord } from '#shared/run/record.ts';
import type { DeliveryStore } from '../delivery/store.ts';

/** The address of the first message of a run's answer; undefined while there is none. */
export async function answerLink({ id, request }: RunRecord, deliveries: DeliveryStore): Promise<string | undefined> {
  const { parts } = await deliveries.read(id);
  const message = parts.get('0')?.message;
  return message === undefined ? undefined : linkTo(request.discord, message);
}

/** The address of the question; undefined when it was asked by command. */
export function questionLink({ request }: RunRecord): string | undefined {
  const message = request.discord?.message;
  return message === undefined ? undefined : linkTo(request.discord, message);
}

function linkTo(place: RunRecord['request']['discord'], message: string): string | undefined {
  return place && `https://discord.com/channels/${place.guild ?? '@me'}/${place.channel}/${message}`;
}
