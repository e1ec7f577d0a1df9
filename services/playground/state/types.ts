/** Stored objects keep Discord's own key names, so that what is sent is what is stored. */
export type Json = Record<string, unknown>;

export interface User {
  id: string;
  username: string;
  global_name: string | null;
  bot: boolean;
  /** The person refuses direct messages of bots, as privacy settings allow. */
  dmsClosed: boolean;
  /** The language that the person's Discord is set to. */
  locale: string;
}

/** A bot account; its application has the same id, as all newer ones do. */
export interface Bot {
  userId: string;
  token: string;
  ownerId: string;
  /** Intent bits that are switched on in the developer portal. */
  privilegedIntents: number;
  identifiesLeft: number;
  identifiesResetAt: number;
  lastIdentify: Map<number, number>;
}

export interface Role {
  id: string;
  name: string;
  color: number;
  hoist: boolean;
  position: number;
  permissions: string;
  managed: boolean;
  mentionable: boolean;
  /** Set on the role that a bot brings along. */
  botId?: string;
}

export interface Member {
  user_id: string;
  nick: string | null;
  /** The member's roles without @everyone. */
  roles: string[];
  joined_at: string;
  communication_disabled_until: string | null;
}

/** A text that a server's moderation stops: a word of its AutoMod, or a link that Discord holds for harmful. */
export interface BlockedText {
  text: string;
  kind: 'word' | 'link';
}

export interface Guild {
  id: string;
  name: string;
  owner_id: string;
  description: string | null;
  roles: Map<string, Role>;
  members: Map<string, Member>;
  system_channel_id: string | null;
  /** Texts that moderation stops. */
  blocked: BlockedText[];
  /** The language of a community's server; others have none of their own. */
  locale?: string;
  /** In an outage, or not there yet: Discord says of it that it is unavailable, and nothing else. */
  unavailable: boolean;
}

export interface Overwrite {
  id: string;
  /** 0: role, 1: member. */
  type: 0 | 1;
  allow: string;
  deny: string;
}

export interface ThreadMetadata {
  archived: boolean;
  auto_archive_duration: number;
  archive_timestamp: string;
  locked: boolean;
  create_timestamp: string;
  invitable?: boolean;
}

export interface Channel {
  id: string;
  /** 0: text, 1: DM, 2: voice, 3: group DM, 4: category, 5: announcement, 10-12: threads, 15: forum. */
  type: number;
  guild_id?: string;
  name?: string;
  topic?: string | null;
  position: number;
  parent_id: string | null;
  nsfw: boolean;
  rate_limit_per_user: number;
  permission_overwrites: Overwrite[];
  last_message_id: string | null;
  /** For DMs only: the people. */
  recipients?: string[];
  /** For threads only, as the four below. */
  owner_id?: string;
  thread_metadata?: ThreadMetadata;
  thread_members?: Map<string, string>;
  message_count?: number;
  total_message_sent?: number;
  applied_tags?: string[];
}

export interface Attachment {
  id: string;
  filename: string;
  title?: string;
  description?: string;
  content_type: string;
  size: number;
  width?: number;
  height?: number;
  /** The path below the CDN's address. */
  path: string;
  ephemeral?: boolean;
}

export interface Reaction {
  emoji: { id: string | null; name: string; animated?: boolean };
  users: string[];
}

export interface MessageReference {
  type?: number;
  /** Absent where a notice refers to a channel. */
  message_id?: string;
  channel_id: string;
  guild_id?: string;
}

export interface Message {
  id: string;
  channel_id: string;
  guild_id?: string;
  author_id: string;
  type: number;
  content: string;
  timestamp: string;
  edited_timestamp: string | null;
  tts: boolean;
  mention_everyone: boolean;
  mentions: string[];
  mention_roles: string[];
  attachments: Attachment[];
  embeds: Json[];
  components: Json[];
  reactions: Reaction[];
  pinned: boolean;
  flags: number;
  nonce?: string | number;
  message_reference?: MessageReference;
  /** For forwards: copies of what they forward, as Discord shows them. */
  message_snapshots?: Json[];
  application_id?: string;
  webhook_id?: string;
  interaction_metadata?: Json;
  thread_id?: string;
  sticker_items?: Json[];
  poll?: Json;
  position?: number;
  /** For ephemeral messages only: the one person who sees it. */
  visibleTo?: string;
  /** The author of the message that this one replies to is notified, unless `replied_user` was false. */
  pingsRepliedUser: boolean;
}

/** One thing that happened. For each listener it is computed whether they hear of it. */
export interface Dispatch {
  t: string;
  d: Json;
  guildId?: string;
  channelId?: string;
  /** When present, only these users hear of it. */
  only?: string[];
  /** The message concerned, for the rules about message content. */
  message?: Message;
}

/** An application command as registered. type 1: slash, 2: user menu, 3: message menu. */
export interface Command {
  id: string;
  application_id: string;
  /** Absent on global commands. */
  guild_id?: string;
  type: number;
  name: string;
  /** Everything else as the bot gave it, with Discord's defaults. */
  rest: Json;
  version: string;
}

export interface NewInteraction {
  applicationId: string;
  /** 2: command, 3: component, 4: autocomplete, 5: modal submit. */
  type: number;
  userId: string;
  channelId: string;
  guildId?: string;
  data: Json;
  /** The message whose component was used. */
  messageId?: string;
}

export interface Interaction extends NewInteraction {
  id: string;
  token: string;
  createdAt: number;
  /** The type of the callback, once there was one. */
  answeredWith?: number;
  /** The id of the message that @original means. */
  originalId?: string;
  /** The ids of every message that the token may change. */
  messageIds: Set<string>;
  /** How many further messages its token has posted. */
  followUps: number;
  /** True when the deferred answer was made ephemeral. */
  ephemeral: boolean;
  modal?: Json;
  choices?: Json[];
}
