import { MessageType, type APIMessage } from 'discord.js';
import { inert } from './shown-text.ts';
import { plainName } from './names.ts';

/** What Discord tells of, in the past tense; `text` is what somebody chose, such as a channel's new name. */
type Words = (who: string, text: string, other: string) => string;

const boost: Words = (who) => `${who} boosted the server`;

const words: Partial<Record<MessageType, Words>> = {
  [MessageType.RecipientAdd]: (who, _, other) => `${who} added ${other}`,
  [MessageType.RecipientRemove]: (who, _, other) => `${who} removed ${other}`,
  [MessageType.Call]: (who) => `${who} began a call`,
  [MessageType.ChannelNameChange]: (who, text) => `${who} changed the name of this channel to “${text}”`,
  [MessageType.ChannelIconChange]: (who) => `${who} changed the icon of this channel`,
  [MessageType.ChannelPinnedMessage]: (who) => `${who} pinned a message`,
  [MessageType.UserJoin]: (who) => `${who} joined the server`,
  [MessageType.GuildBoost]: boost,
  [MessageType.GuildBoostTier1]: boost,
  [MessageType.GuildBoostTier2]: boost,
  [MessageType.GuildBoostTier3]: boost,
  [MessageType.ChannelFollowAdd]: (who, text) => `${who} let this channel follow “${text}”`,
  [MessageType.ThreadCreated]: (who, text) => `${who} started a thread: “${text}”`,
  [MessageType.AutoModerationAction]: (who) => `AutoMod acted on a message of ${who}`,
  [MessageType.StageStart]: (who, text) => `${who} started a stage: “${text}”`,
  [MessageType.StageEnd]: (who, text) => `${who} ended the stage “${text}”`,
  [MessageType.StageSpeaker]: (who) => `${who} is now a speaker`,
  [MessageType.StageTopic]: (who, text) => `${who} changed the topic of the stage to “${text}”`,
  [MessageType.PollResult]: (who) => `a poll of ${who} has ended`,
};

const spoken: ReadonlySet<MessageType> = new Set([
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
]);

/** What a notice of Discord says, marked as such; undefined for a message that somebody, or some program, wrote. */
export function noticeText({ type, author, content, mentions }: APIMessage): string | undefined {
  if (spoken.has(type)) return undefined;
  const name = ({ global_name: shown, username }: APIMessage['author']) => plainName(shown ?? username);
  const text = inert(content).replaceAll(/\s+/g, ' ');
  const other = mentions[0] ? name(mentions[0]) : 'somebody';
  const said = words[type]?.(name(author), text, other) ?? `kind ${type}, of ${name(author)}${text && `: “${text}”`}`;
  return `[Notice of Discord: ${said}]`;
}
