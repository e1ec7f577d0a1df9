import type { Dispatch, Json, Message } from '../state/types.ts';

/** Intent bits; https://discord.com/developers/docs/topics/gateway#list-of-intents */
export const Intent = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_MODERATION: 1 << 2,
  GUILD_EXPRESSIONS: 1 << 3,
  GUILD_INTEGRATIONS: 1 << 4,
  GUILD_WEBHOOKS: 1 << 5,
  GUILD_INVITES: 1 << 6,
  GUILD_VOICE_STATES: 1 << 7,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_REACTIONS: 1 << 10,
  GUILD_MESSAGE_TYPING: 1 << 11,
  DIRECT_MESSAGES: 1 << 12,
  DIRECT_MESSAGE_REACTIONS: 1 << 13,
  DIRECT_MESSAGE_TYPING: 1 << 14,
  MESSAGE_CONTENT: 1 << 15,
} as const;

/** All bits that Discord knows today. Any other bit closes the connection with 4013. */
export const KNOWN_INTENTS = 0x1ffff | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

/** Events, by the start of their name, with the intent that each needs in a server and in a DM. */
const NEEDED: [prefix: string, guild: number, dm: number][] = [
  ['GUILD_MEMBER_', Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS],
  ['GUILD_MEMBERS_CHUNK', 0, 0],
  ['GUILD_', Intent.GUILDS, Intent.GUILDS],
  ['CHANNEL_', Intent.GUILDS, Intent.DIRECT_MESSAGES],
  ['THREAD_MEMBERS_', Intent.GUILDS, Intent.GUILDS],
  ['THREAD_', Intent.GUILDS, Intent.GUILDS],
  ['MESSAGE_REACTION_', Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS],
  ['MESSAGE_', Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES],
  ['TYPING_', Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING],
];

/** Whether a session with these intents hears of the event. A bot always hears of what concerns itself. */
export function hasIntentFor(intents: number, event: Dispatch, selfId: string): boolean {
  if (event.t === 'GUILD_MEMBER_UPDATE' && memberId(event) === selfId) return true;
  const rule = NEEDED.find(([prefix]) => event.t.startsWith(prefix));
  if (!rule) return true;
  const needed = event.guildId === undefined && !event.t.startsWith('GUILD_') ? rule[2] : rule[1];
  return needed === 0 || (intents & needed) !== 0;
}

function memberId(event: Dispatch): unknown {
  return (event.d['user'] as Json | undefined)?.['id'];
}

/** Without the message content intent a bot reads only DMs, its own messages and those that mention it. */
export function mayReadContent(message: Message, botId: string): boolean {
  return message.guild_id === undefined || message.author_id === botId || message.mentions.includes(botId);
}

/** The message without the fields that the message content intent guards. */
export function withoutContent(json: Json): Json {
  const { poll: _, ...rest } = json;
  const referenced = rest['referenced_message'];
  return {
    ...rest,
    content: '',
    embeds: [],
    attachments: [],
    components: [],
    ...(referenced ? { referenced_message: withoutContent(referenced as Json) } : {}),
  };
}
