import type { Client } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';

const log = createLogger('discord');

interface Packets {
  handlePacket(packet: { t?: string } | undefined, shard: unknown): boolean;
}

/**
 * Keeps an event that cannot be handled from ending the process. discord.js 14 handles events in the stack of its
 * socket, and its own handler of RESUMED throws when the session was given up at the moment of its resumption.
 */
export function guardPackets(client: Client): void {
  const manager = client.ws as unknown as Packets;
  const handle = manager.handlePacket.bind(manager);
  manager.handlePacket = (packet, shard) => {
    try {
      return handle(packet, shard);
    } catch (error) {
      log.error({ event: packet?.t, error: errorText(error) }, 'an event could not be handled');
      return false;
    }
  };
}
