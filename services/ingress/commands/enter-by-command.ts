import { callerSchema, discordRunId } from '#shared/run/request.ts';
import { messageAccepted, messageDropped } from '../events.ts';
import type { Answer } from '../interactions/answer.ts';
import type { SpokenInteraction } from '../interactions/interaction.ts';
import type { Shown } from '../discord/shown.ts';
import { callerOf, conversationOf, readQuestion } from '../request/build.ts';
import { withRoomFor } from '../request/file-room.ts';
import { filesOf } from '../request/shown-text.ts';
import { unansweredOf } from '../request/unanswered.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { CommandContext } from './command.ts';

/** Takes a question by command. It passes the same gates as a message, and its answer replaces "… is thinking". */
export async function enterByCommand(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  question: Shown,
): Promise<Answer> {
  const { id, channel, say } = interaction;
  const refused = judgePlace({ ...interaction, kind: interaction.place }, ingress.config);
  if (refused) {
    messageDropped({ message: id, channel, gate: refused.gate, why: refused.why });
    return { say: say('not-here', { why: say(refused.key) }) };
  }
  const caller = callerSchema.parse(callerOf(interaction));
  const { DISCORD_MAX_PENDING: maxPending } = ingress.config;
  if ((await unansweredOf(ingress.redis, caller)) >= maxPending) {
    return { say: say('door.too-many', { count: maxPending }) };
  }
  return withRoomFor(filesOf(question), () => readAndAccept(interaction, ingress, question));
}

async function readAndAccept(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  question: Shown,
): Promise<Answer> {
  const { id, token, application, channel, guild } = interaction;
  const { text, images, warnings } = await readQuestion([question], ingress, { guild });
  if (text === '' && images.length === 0) return { say: interaction.say('door.empty') };
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
      interaction: { id, token, application, at: interaction.at, ...(interaction.tokenOnly && { only: true }) },
    },
  });
  messageAccepted({ message: id, run: runId, trigger: interaction.name, ahead });
  return 'think';
}
