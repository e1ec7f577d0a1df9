import { textOf } from '../json/text.ts';
import { memberJson } from '../json/guild.ts';
import type { Json } from '../state/types.ts';
import { userOf } from '../state/world.ts';
import type { Gateway } from './gateway.ts';
import { Intent } from './intents.ts';
import { dispatchTo, type Session } from './session.ts';

const CHUNK = 1000;
const MAX_WITHOUT_INTENT = 100;

/**
 * Op 8: sends the members of a server in chunks. The full list needs the members intent. Without that, Discord stays
 * silent and the client's request times out.
 */
export function sendMembers(gateway: Gateway, session: Session, d: Json): void {
  const { world } = gateway;
  const guild = world.guilds.get(String(d['guild_id']));
  if (!guild?.members.has(session.bot.userId)) return;
  const wanted = d['user_ids'] === undefined ? undefined : [d['user_ids']].flat().map(String);
  const query = textOf(d['query']).toLowerCase();
  const limit = Number(d['limit'] ?? 0);
  const hasIntent = (session.intents & Intent.GUILD_MEMBERS) !== 0;
  if (!hasIntent && !wanted && (query === '' || limit === 0 || limit > MAX_WITHOUT_INTENT)) return;
  const named = [...guild.members.values()].filter((member) => {
    if (wanted) return wanted.includes(member.user_id);
    const user = userOf(world, member.user_id);
    return user.username.toLowerCase().startsWith(query) || (member.nick ?? '').toLowerCase().startsWith(query);
  });
  const found = limit > 0 ? named.slice(0, limit) : named;
  const count = Math.max(1, Math.ceil(found.length / CHUNK));
  for (let i = 0; i < count; i += 1) {
    const members = found.slice(i * CHUNK, (i + 1) * CHUNK);
    dispatchTo(session, 'GUILD_MEMBERS_CHUNK', {
      guild_id: guild.id,
      members: members.map((member) => memberJson(guild, member, userOf(world, member.user_id))),
      chunk_index: i,
      chunk_count: count,
      not_found: wanted?.filter((id) => !guild.members.has(id)) ?? [],
      ...(d['presences'] === true && { presences: [] }),
      ...(d['nonce'] !== undefined && { nonce: d['nonce'] }),
    });
  }
}
