import { beginTalk } from '#shared/run/talks.ts';
import { messageDropped, talkBegun } from '../events.ts';
import { conversationOf } from '../request/build.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { Command } from './command.ts';

/** Begins a new talk in the conversation that a question of this person would belong to here. */
export const beginNew: Command = {
  definition: { name: 'new', type: 1, description: 'Begin a new conversation here: Dragoman does not look back' },
  async use(interaction, { redis, config }) {
    const { id, channel, place, say } = interaction;
    const asked = { ...interaction, kind: place };
    const refused = judgePlace(asked, config);
    if (refused) {
      messageDropped({ message: id, channel, gate: refused.gate, why: refused.why });
      return { say: say('not-here', { why: say(refused.key) }) };
    }
    const unanswered = await beginTalk(redis, conversationOf(asked), id);
    talkBegun({ channel, by: interaction.author.id, unanswered });
    const coming = unanswered > 0 ? [say('new.still-coming', { count: unanswered })] : [];
    return { say: [say(begun[place]), say('new.go-back'), ...coming].join('\n') };
  },
};

/** The same by another name. */
export const reset: Command = { ...beginNew, definition: { ...beginNew.definition, name: 'reset' } };

const begun = { dm: 'new.dm', group: 'new.channel', channel: 'new.channel', thread: 'new.thread' } as const;
