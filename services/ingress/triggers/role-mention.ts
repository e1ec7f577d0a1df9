import type { Trigger } from './trigger.ts';

/** The message names the role that Discord made for the bot, which people take for the bot itself. */
export const roleMention: Trigger = { name: 'role mention', fits: (message) => message.mentionsBotRole };
