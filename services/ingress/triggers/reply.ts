import type { Trigger } from './trigger.ts';

/** The message replies to one of the bot's. */
export const reply: Trigger = { name: 'reply', fits: (message, bot) => message.replyTo?.author === bot };
