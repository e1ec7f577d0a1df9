import { callerSchema, discordRunId, runModes, type Caller } from '#shared/run/request.ts';
import { messageAccepted, messageDropped } from '../events.ts';
import type { Answer } from '../interactions/answer.ts';
import type { SpokenInteraction } from '../interactions/interaction.ts';
import type { Shown } from '../discord/shown.ts';
import { callerOf, conversationOf, readQuestion } from '../request/build.ts';
import { speak } from '../language/say.ts';
import { budgetWarning, whyUnpaidWith } from '../request/budget.ts';
import { withRoomFor } from '../request/file-room.ts';
import { readKnown, type Known } from '../request/known.ts';
import { answersIn, useOnce, withSettings } from '../request/settings.ts';
import { filesOf, quoteOf } from '../request/shown-text.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { CommandContext } from './command.ts';

/** Takes a question by command. It passes the same gates as a message, and its answer replaces "… is thinking". */
export async function enterByCommand(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  question: Shown,
  /** What stands above the answer; the question's text where it is absent. */
  quote: string = question.text,
): Promise<Answer> {
  const { id, channel, say } = interaction;
  const refused = judgePlace({ ...interaction, kind: interaction.place }, ingress.config);
  if (refused) {
    messageDropped({ message: id, channel, gate: refused.gate, why: refused.why });
    return { say: say('not-here', { why: say(refused.key) }) };
  }
  const caller = callerSchema.parse(callerOf(interaction));
  const known = await readKnown(ingress, { ...interaction, kind: interaction.place }, caller);
  const { pending, settings } = known;
  if (!answersIn(settings, interaction)) {
    messageDropped({ message: id, channel, gate: 'channel-not-chosen', why: 'a setting of the server' });
    const channels = (settings.values.channels ?? []).map((each) => `<#${each}>`).join(', ');
    return { say: say('not-here-only-in', { channels }) };
  }
  const { DISCORD_MAX_PENDING: maxPending } = ingress.config;
  if (pending >= maxPending) {
    return { say: say('door.too-many', { count: maxPending }) };
  }
  const unpaid = whyUnpaidWith(ingress, caller, known);
  if (unpaid) {
    messageDropped({ message: id, channel, gate: 'budget', why: speak('en')('gate.budget') });
    return { say: unpaid(say) };
  }
  return withRoomFor(filesOf(question), () => readAndAccept(interaction, ingress, { question, quote, caller, known }));
}

async function readAndAccept(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  { question, quote, caller, known }: { question: Shown; quote: string; caller: Caller; known: Known },
): Promise<Answer> {
  const { id, token, application, channel, guild } = interaction;
  const { text, images, tables, warnings: unread } = await readQuestion([question], ingress, { guild });
  const warnings = unread.map((words) => words(interaction.say));
  if (text === '' && images.length === 0) return { say: [interaction.say('door.empty'), ...warnings].join('\n') };
  const runId = discordRunId(id);
  const { settings, spentUsd } = known;
  const near = await budgetWarning(ingress, caller, { run: runId, spentUsd });
  warnings.push(...near.map((words) => words(interaction.say)));
  if (warnings.length > 0) await ingress.deliveries.writeWarnings(runId, warnings);
  const mode = runModes.find((each) => each === interaction.values.get('mode'));
  const request = {
    id: runId,
    ...(mode && { mode }),
    caller,
    conversation: conversationOf({ ...interaction, kind: interaction.place }),
    text,
    images,
    ...(tables.length > 0 && { tables }),
    discord: {
      ...(guild && { guild }),
      channel,
      quote: quoteOf(quote, question),
      interaction: { id, token, application, at: interaction.at, ...(interaction.tokenOnly && { only: true }) },
    },
  };
  const { ahead } = await ingress.runs.accept(withSettings(request, settings, ingress));
  useOnce(ingress, interaction, settings);
  messageAccepted({ message: id, run: runId, trigger: interaction.name, ahead });
  return 'think';
}
