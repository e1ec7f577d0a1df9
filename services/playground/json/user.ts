import type { Json, User } from '../state/types.ts';

/** A user as Discord sends it. Discord omits `bot` for people, so it is absent here too. */
export function userJson(user: User): Json {
  return {
    id: user.id,
    username: user.username,
    discriminator: '0',
    global_name: user.global_name,
    avatar: null,
    avatar_decoration_data: null,
    banner: null,
    accent_color: null,
    public_flags: 0,
    flags: 0,
    ...(user.bot && { bot: true }),
  };
}

/** The bot's own account, as GET /users/@me and READY return it. */
export function selfJson(user: User): Json {
  return { ...userJson(user), verified: true, mfa_enabled: true, email: null, bio: '', locale: 'en-US' };
}
