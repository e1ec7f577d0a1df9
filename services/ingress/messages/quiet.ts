/**
 * Remembers in which servers the bot answers in some channels only, so that it does not seem to be writing in others.
 * Whether a message is answered is decided by the settings, which are read with each question.
 */
export interface QuietChannels {
  learn(guild: string | undefined, channels: readonly string[] | undefined): void;
  isQuiet(asked: { guild?: string; channel: string; parent?: string }): boolean;
}

export function createQuietChannels(): QuietChannels {
  const answered = new Map<string, readonly string[]>();
  return {
    learn(guild, channels) {
      if (guild === undefined) return;
      if (channels) answered.set(guild, channels);
      else answered.delete(guild);
    },
    isQuiet({ guild, channel, parent }) {
      const channels = answered.get(guild ?? '');
      return channels !== undefined && !channels.includes(channel) && !channels.includes(parent ?? channel);
    },
  };
}
