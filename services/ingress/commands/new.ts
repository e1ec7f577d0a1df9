import { beginTalk } from '#shared/run/talks.ts';
import { messageDropped, talkBegun } from '../events.ts';
import { conversationOf } from '../request/build.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { Command } from './command.ts';

/** Begins a new talk in the conversation that a question of this person would belong to here. */
export const beginNew: Command = {
  definition: { name: 'new', type: 1, description: 'Begin a new conversation here: Dragoman does not look back' },
  async use(interaction, { redis, config }) {
    const { id, channel, place } = interaction;
    const asked = { ...interaction, kind: place };
    const refused = judgePlace(asked, config);
    if (refused) {
      messageDropped({ message: id, channel, gate: refused.gate, why: refused.why });
      return { say: `I do not answer here. ${refused.why}` };
    }
    const unanswered = await beginTalk(redis, conversationOf(asked), id);
    talkBegun({ channel, by: interaction.author.id, unanswered });
    return { say: [begun[place], howToGoBack, ...(unanswered > 0 ? [stillComing(unanswered)] : [])].join('\n') };
  },
};

/** The same by another name. */
export const reset: Command = { ...beginNew, definition: { ...beginNew.definition, name: 'reset' } };

const begun = {
  dm: 'A new conversation: I do not look at what we wrote before.',
  group: 'A new conversation: I do not look at what you asked me here before. That of others goes on.',
  channel: 'A new conversation: I do not look at what you asked me here before. That of others goes on.',
  thread: 'A new conversation, for everybody in this thread: I do not look at what was written before.',
};

const howToGoBack = 'To go on from an earlier message, reply to it.';

function stillComing(unanswered: number): string {
  const what = unanswered === 1 ? 'One earlier question is' : `${unanswered} earlier questions are`;
  return `${what} answered first, as if nothing had changed.`;
}
