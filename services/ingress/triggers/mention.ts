import type { Trigger } from './trigger.ts';

/** The message names the bot: @Dragoman. `@everyone` does not count. */
export const mention: Trigger = { name: 'mention', fits: (message) => message.mentionsBot };
