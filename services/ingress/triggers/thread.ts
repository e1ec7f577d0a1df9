import type { Trigger } from './trigger.ts';

/** A message in a thread that the bot takes part in, unless it is meant for somebody else. */
export const thread: Trigger = {
  name: 'thread',
  fits: (message) => message.kind === 'thread' && message.takesPart && !message.addressesOthers,
};
