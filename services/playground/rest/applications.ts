import { applicationFlags } from '../gateway/identify.ts';
import { userJson } from '../json/user.ts';
import type { Json } from '../state/types.ts';
import { userOf } from '../state/world.ts';
import { ok, type Call, type Route } from './route.ts';

export const applicationRoutes: Route[] = [
  { method: 'GET', path: '/applications/@me', handle: (call) => ok(applicationJson(call)) },
  { method: 'PATCH', path: '/applications/@me', handle: (call) => ok(applicationJson(call)) },
  { method: 'GET', path: '/oauth2/applications/@me', handle: (call) => ok(applicationJson(call)) },
  { method: 'GET', path: '/applications/:application/emojis', handle: () => ok({ items: [] }) },
];

/** install_params is left out, because discord.js fails when that key is null. */
function applicationJson({ context, bot }: Call): Json {
  const { world } = context;
  const user = userOf(world, bot.userId);
  const guilds = [...world.guilds.values()].filter((guild) => guild.members.has(bot.userId));
  return {
    id: bot.userId,
    name: user.username,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot: userJson(user),
    bot_public: false,
    bot_require_code_grant: false,
    flags: applicationFlags(bot),
    verify_key: '0'.repeat(64),
    owner: userJson(userOf(world, bot.ownerId)),
    team: null,
    approximate_guild_count: guilds.length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    event_webhooks_url: null,
    event_webhooks_status: 1,
    event_webhooks_types: [],
    tags: [],
    integration_types_config: { '0': {} },
  };
}
