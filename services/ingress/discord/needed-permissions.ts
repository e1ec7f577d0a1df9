import { PermissionFlagsBits } from 'discord.js';

/** What the bot needs in a channel, by the name that Discord shows, and what does not work without it. */
export const neededPermissions = [
  { bit: PermissionFlagsBits.ViewChannel, name: 'View Channel', without: 'I do not see messages there' },
  { bit: PermissionFlagsBits.SendMessages, name: 'Send Messages', without: 'I cannot answer there' },
  {
    bit: PermissionFlagsBits.SendMessagesInThreads,
    name: 'Send Messages in Threads',
    without: 'no answers in threads',
  },
  {
    bit: PermissionFlagsBits.ReadMessageHistory,
    name: 'Read Message History',
    without: 'no replies, no context, no catching up',
  },
  { bit: PermissionFlagsBits.AddReactions, name: 'Add Reactions', without: 'no 👀 ✅ ❌ ⏹️' },
  {
    bit: PermissionFlagsBits.AttachFiles,
    name: 'Attach Files',
    without: 'no files: long answers and tables come as more messages',
  },
  { bit: PermissionFlagsBits.EmbedLinks, name: 'Embed Links', without: 'no answers as embeds' },
] as const;
