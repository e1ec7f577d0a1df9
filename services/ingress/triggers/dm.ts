import type { Trigger } from './trigger.ts';

/** A direct message: everything in it is meant for the bot. */
export const dm: Trigger = { name: 'direct message', fits: (message) => message.kind === 'dm' };
