import { applicationRoutes } from './applications.ts';
import { channelRoutes } from './channels.ts';
import { callbackRoutes } from './callbacks.ts';
import { commandRoutes } from './commands.ts';
import { followUpRoutes } from './follow-ups.ts';
import { gatewayRoutes } from './gateway-info.ts';
import { guildRoutes } from './guilds.ts';
import { memberRoutes } from './members.ts';
import { messageRoutes } from './messages.ts';
import { pinRoutes } from './pins.ts';
import { reactionRoutes } from './reactions.ts';
import type { Route } from './route.ts';
import { threadRoutes } from './threads.ts';
import { userRoutes } from './users.ts';

/** Every route. When two fit, the earlier one serves. */
export const routes: Route[] = [
  ...gatewayRoutes,
  ...userRoutes,
  ...applicationRoutes,
  ...commandRoutes,
  ...callbackRoutes,
  ...followUpRoutes,
  ...guildRoutes,
  ...memberRoutes,
  ...channelRoutes,
  ...pinRoutes,
  ...messageRoutes,
  ...reactionRoutes,
  ...threadRoutes,
];
