import type { IncomingMessage } from '../discord/incoming.ts';

/** A way to address the bot with a message. */
export interface Trigger {
  name: string;
  fits(message: IncomingMessage, bot: string): boolean;
}
