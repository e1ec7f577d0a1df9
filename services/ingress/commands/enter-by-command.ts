import { callerSchema, discordRunId } from '#shared/run/request.ts';
import { messageAccepted, messageDropped } from '../events.ts';
import type { Answer } from '../interactions/answer.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import type { Shown } from '../discord/shown.ts';
import { callerOf, conversationOf, readQuestion } from '../request/build.ts';
import { withRoomFor } from '../request/file-room.ts';
import { filesOf, quoteOf } from '../request/shown-text.ts';
import { unansweredOf } from '../request/unanswered.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { CommandContext } from './command.ts';

/** Takes a question by command. It passes the same gates as a message, and its answer replaces "… is thinking". */
export async function enterByCommand(
  interaction: IncomingInteraction,
  ingress: CommandContext,
  question: Shown,
  /** What stands above the answer; the question's text where it is absent. */
  quote: string = question.text,
): Promise<Answer> {
  const { id, channel } = interaction;
  const refused = judgePlace({ ...interaction, kind: interaction.place }, ingress.config);
  if (refused) {
    messageDropped({ message: id, channel, gate: refused.gate, why: refused.why });
    return { say: `I do not answer here. ${refused.why}` };
  }
  const caller = callerSchema.parse(callerOf(interaction));
  const { DISCORD_MAX_PENDING: maxPending } = ingress.config;
  if ((await unansweredOf(ingress.redis, caller)) >= maxPending) {
    return { say: `You have ${maxPending} unanswered questions, which is all that I take from one person.` };
  }
  return withRoomFor(filesOf(question), () => readAndAccept(interaction, ingress, question, quote));
}

async function readAndAccept(
  interaction: IncomingInteraction,
  ingress: CommandContext,
  question: Shown,
  quote: string,
): Promise<Answer> {
  const { id, token, application, channel, guild } = interaction;
  const { text, images, warnings } = await readQuestion([question], ingress, { guild });
  if (text === '' && images.length === 0) return { say: 'There is nothing in it that I can read.' };
  const runId = discordRunId(id);
  if (warnings.length > 0) await ingress.deliveries.writeWarnings(runId, warnings);
  const { ahead } = await ingress.runs.accept({
    id: runId,
    caller: callerSchema.parse(callerOf(interaction)),
    conversation: conversationOf({ ...interaction, kind: interaction.place }),
    text,
    images,
    discord: {
      ...(guild && { guild }),
      channel,
      quote: quoteOf(quote, question),
      interaction: { id, token, application, at: interaction.at, ...(interaction.tokenOnly && { only: true }) },
    },
  });
  messageAccepted({ message: id, run: runId, trigger: interaction.name, ahead });
  return 'think';
}
