import { guildJson } from '../json/guild.ts';
import { selfJson } from '../json/user.ts';
import { DAY_MS, IDENTIFIES_A_DAY, PRIVILEGED_INTENTS } from '../state/users.ts';
import type { Bot, Json } from '../state/types.ts';
import { userOf } from '../state/world.ts';
import type { Connection } from './connection.ts';
import { guildShard } from './delivery.ts';
import type { Gateway } from './gateway.ts';
import { Intent, KNOWN_INTENTS } from './intents.ts';
import { Close, Op } from './protocol.ts';
import { createSession, dispatchTo, RESUMABLE_MS, sendRaw, type Session } from './session.ts';

/** Application flags that show the privileged intents as on, for fewer than 100 servers. */
const LIMITED_FLAGS: [intent: number, flag: number][] = [
  [Intent.GUILD_PRESENCES, 1 << 13],
  [Intent.GUILD_MEMBERS, 1 << 15],
  [Intent.MESSAGE_CONTENT, 1 << 19],
];

export function applicationFlags(bot: Bot): number {
  let flags = 0;
  for (const [intent, flag] of LIMITED_FLAGS) if ((bot.privilegedIntents & intent) !== 0) flags |= flag;
  return flags;
}

/** IDENTIFY: checks token, shard, intents and the day's budget. Then sends READY and a GUILD_CREATE for each server. */
export function identify(connection: Connection, d: Json): void {
  const { gateway, socket } = connection;
  const bot = gateway.world.bots.get(typeof d?.['token'] === 'string' ? d['token'].replace(/^Bot /, '') : '');
  if (!bot) return socket.close(Close.AUTHENTICATION_FAILED, 'Authentication failed.');
  const shard = (d['shard'] as [number, number] | undefined) ?? [0, 1];
  if (!isShard(shard)) return socket.close(Close.INVALID_SHARD, 'Invalid shard.');
  const intents = d['intents'];
  if (!isIntents(intents)) return socket.close(Close.INVALID_INTENTS, 'Invalid intent(s).');
  if ((intents & PRIVILEGED_INTENTS & ~bot.privilegedIntents) !== 0) {
    return socket.close(Close.DISALLOWED_INTENTS, 'Disallowed intent(s).');
  }
  const verdict = takeIdentify(gateway, bot, shard[0]);
  if (verdict === 'exhausted') return resetToken(gateway, bot);
  if (verdict === 'too soon') return sendRaw(socket, Op.INVALID_SESSION, false);
  const session = createSession(bot, intents, shard, socket);
  session.presence = d['presence'] as Json | undefined;
  forgetLost(gateway);
  gateway.sessions.set(session.id, session);
  connection.session = session;
  sendReady(gateway, session);
  gateway.changed();
}

/** How many lost sessions are kept for a RESUME: each event costs as much for one of them as for a live one. */
const MAX_LOST = 16;

function forgetLost({ sessions, world }: Gateway): void {
  const lost = [...sessions.values()].filter(({ socket }) => socket === undefined);
  for (const [index, { id, lostAt = 0 }] of lost.entries()) {
    if (index < lost.length - MAX_LOST || world.clock.now() - lostAt > RESUMABLE_MS) sessions.delete(id);
  }
}

function isShard(shard: unknown): shard is [number, number] {
  if (!Array.isArray(shard) || shard.length !== 2) return false;
  const [index, count] = shard as [unknown, unknown];
  return Number.isInteger(index) && Number.isInteger(count) && Number(index) >= 0 && Number(index) < Number(count);
}

function isIntents(intents: unknown): intents is number {
  return Number.isInteger(intents) && (Number(intents) & ~KNOWN_INTENTS) === 0 && Number(intents) >= 0;
}

type Verdict = 'fine' | 'too soon' | 'exhausted';

/** Counts an IDENTIFY against the day's budget and the concurrency window. */
function takeIdentify(gateway: Gateway, bot: Bot, shardIndex: number): Verdict {
  const now = gateway.world.clock.now();
  const { identifyWindowMs, maxConcurrency } = gateway.options;
  identifyBudget(bot, now);
  if (bot.identifiesLeft <= 0) return 'exhausted';
  bot.identifiesLeft -= 1;
  const key = shardIndex % maxConcurrency;
  const last = bot.lastIdentify.get(key);
  if (identifyWindowMs > 0 && last !== undefined && now - last < identifyWindowMs) return 'too soon';
  bot.lastIdentify.set(key, now);
  return 'fine';
}

/** What is left of the day's budget, which is renewed when the day is over, and the milliseconds until then. */
export function identifyBudget(bot: Bot, now: number): { total: number; remaining: number; resetAfter: number } {
  if (now >= bot.identifiesResetAt) {
    bot.identifiesLeft = IDENTIFIES_A_DAY;
    bot.identifiesResetAt = now + DAY_MS;
  }
  return { total: IDENTIFIES_A_DAY, remaining: bot.identifiesLeft, resetAfter: bot.identifiesResetAt - now };
}

/** Does what Discord does to a bot that identifies too often: all sessions end and the token becomes invalid. */
function resetToken(gateway: Gateway, bot: Bot): void {
  gateway.world.bots.delete(bot.token);
  for (const session of gateway.sessions.values()) if (session.bot === bot) session.valid = false;
  gateway.close(Close.AUTHENTICATION_FAILED);
}

function sendReady(gateway: Gateway, session: Session): void {
  const { world } = gateway;
  const { bot, shard } = session;
  const guilds = [...world.guilds.values()].filter(
    (guild) => guild.members.has(bot.userId) && guildShard(guild.id, shard[1]) === shard[0],
  );
  dispatchTo(session, 'READY', {
    v: 10,
    user: selfJson(userOf(world, bot.userId)),
    guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: gateway.url(),
    session_type: 'normal',
    shard,
    application: { id: bot.userId, flags: applicationFlags(bot) },
    private_channels: [],
    relationships: [],
    presences: [],
    user_settings: {},
    geo_ordered_rtc_regions: [],
    _trace: ['["playground"]'],
  });
  if ((session.intents & Intent.GUILDS) === 0) return;
  for (const guild of guilds) {
    if (guild.unavailable) dispatchTo(session, 'GUILD_DELETE', { id: guild.id, unavailable: true });
    else dispatchTo(session, 'GUILD_CREATE', guildJson(world, guild, bot.userId));
  }
}
