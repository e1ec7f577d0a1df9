import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import type { Accepted } from '#shared/run/accept.ts';
import { callerSchema, discordRunId } from '#shared/run/request.ts';
import type { DeliveryStore } from '../delivery/store.ts';
import { messageAccepted, questionRefused } from '../events.ts';
import { budgetWarning, whyUnpaidWith } from '../request/budget.ts';
import { withRoomFor } from '../request/file-room.ts';
import { buildRequest, callerOf, filesToRead, type BuiltRequest, type RequestContext } from '../request/build.ts';
import type { Languages } from '../language/choose.ts';
import { readEarlier } from '../request/history.ts';
import { readKnown, type Known } from '../request/known.ts';
import { answersIn, useOnce, withSettings, type SettingsContext } from '../request/settings.ts';
import type { Reactions } from '../signs/reactions.ts';
import type { Typing } from '../signs/typing.ts';
import type { Burst } from '../triggers/bursts.ts';
import type { MessageIndex } from './message-index.ts';
import type { QuietChannels } from './quiet.ts';
import type { Tell } from './tell.ts';
import { whileBusy } from './while-busy.ts';

const log = createLogger('door');

export interface DoorContext extends RequestContext, SettingsContext {
  /** Fails fast, as `runs` and `deliveries` do, because a door tells people when the queue is away. */
  redis: Redis;
  reads: RequestContext['reads'];
  runs: RunStore;
  deliveries: DeliveryStore;
  index: MessageIndex;
  typing: Typing;
  reactions: Reactions;
  languages: Languages;
  tell: Tell;
  quiet: QuietChannels;
}

/** The outcome of a question at the door; `steered`: the answer that is being made takes it up. */
export type Entered = 'accepted' | 'steered' | 'known' | 'empty' | 'too-many' | 'not-here' | 'unpaid' | 'queue-away';

/**
 * Turns a burst of messages into a durable run. When that fails, people are told: nothing is held here, and nothing
 * vanishes. The 👀 comes only after Redis has confirmed.
 */
export async function enter(ingress: DoorContext, burst: Burst): Promise<Entered> {
  const [first] = burst.messages;
  const runId = discordRunId(first.id);
  try {
    const entered = await tryEnter(ingress, burst).catch(async () => {
      // Redis may be back in a moment, or its confirmation was lost with the connection.
      await sleep(secondTryMs);
      return tryEnter(ingress, burst);
    });
    if (entered !== 'accepted') ingress.typing.stop(runId);
    return entered;
  } catch (error) {
    ingress.typing.stop(runId);
    questionRefused({ message: first.id, reason: 'queue-away', error: errorText(error) });
    const told = await ingress.tell.queueAway(first);
    if (told !== undefined) void withdrawIfAccepted(ingress, first.channel, runId, told);
    return 'queue-away';
  }
}

const secondTryMs = 1_000;
/** Milliseconds for which Redis may still carry out what it was sent before it stood still. */
const doubtMs = 3_000;

/**
 * Withdraws the refusal when the run turns out to be stored, as soon as Redis can tell: after a broken connection it is
 * unknown whether what was sent was done. Never rejects.
 */
async function withdrawIfAccepted(ingress: DoorContext, channel: string, runId: string, told: string): Promise<void> {
  let answeredAt: number | undefined;
  while (answeredAt === undefined || Date.now() - answeredAt < doubtMs) {
    await sleep(500, undefined, { ref: false });
    try {
      if (await ingress.runs.read(runId)) return await ingress.api.remove(channel, told);
      answeredAt ??= Date.now();
    } catch (error) {
      log.debug({ run: runId, error: errorText(error) }, 'whether a refused question was stored is not known yet');
    }
  }
}

async function tryEnter(ingress: DoorContext, whole: Burst): Promise<Entered> {
  // These are read side by side, because a question's first sign waits for nothing else.
  const caller = callerSchema.parse(callerOf(whole.messages[0]));
  const reading = readKnown(ingress, whole.messages[0], caller);
  const [known, burst] = await Promise.all([reading, withoutKnown(ingress, whole, reading)]);
  if (!burst) return 'known';
  const { pending, talk, settings } = known;
  const unpaid = whyUnpaidWith(ingress, caller, known);
  const [first] = burst.messages;
  const runId = discordRunId(first.id);
  ingress.quiet.learn(first.guild, settings.values.channels);
  if (!answersIn(settings, first)) return 'not-here';
  const { DISCORD_MAX_PENDING: maxPending } = ingress.config;
  if (pending >= maxPending) {
    await ingress.tell.tooMany(first, maxPending);
    return 'too-many';
  }
  // Without a budget a message may answer the model, but interrupts nothing.
  const busy = unpaid ? { values: { ...settings.values, busy: 'queue' as const } } : settings;
  const taken = pending > 0 ? await whileBusy(ingress, burst, busy) : undefined;
  if (taken) return taken;
  if (unpaid) {
    await ingress.tell.unpaid(first, unpaid);
    return 'unpaid';
  }
  const earlier = await readEarlier(first, ingress, talk.since, known.undone);
  const entered = await withRoomFor(filesToRead(burst.messages, earlier), async () => {
    const built = await buildRequest(burst, ingress, earlier);
    if (!built) return undefined;
    const request = withSettings(built.request, settings, ingress);
    const accepted = await accept(ingress, { ...built, request }, runId, known);
    return { ...accepted, message: request.discord?.message };
  });
  if (!entered) {
    await ingress.tell.help(first);
    return 'empty';
  }
  // What was read of the channel belongs to the earlier talk, so it is read again.
  if (entered.outdated) return tryEnter(ingress, burst);
  if (!entered.fresh) return 'known';
  useOnce(ingress, first, settings);
  messageAccepted({ message: first.id, run: runId, trigger: burst.trigger, ahead: entered.ahead });
  ingress.reactions.accepted(first.channel, entered.message ?? first.id);
  return 'accepted';
}

/** Drops known messages: Discord gives some twice, and a catch-up finds answered ones; they make no second run. */
async function withoutKnown(ingress: DoorContext, burst: Burst, reading: Promise<Known>): Promise<Burst | undefined> {
  const runs = await Promise.all(
    burst.messages.map(async ({ id }, index) => {
      if (index === 0 && (await reading).isNew) return undefined;
      return ingress.index.runOf(id);
    }),
  );
  const [first, ...others] = burst.messages.filter((_, index) => runs[index] === undefined);
  return first && { ...burst, messages: [first, ...others] };
}

async function accept(
  ingress: DoorContext,
  built: BuiltRequest,
  run: string,
  { spentUsd, talk }: Known,
): Promise<Accepted> {
  // Written before the run, because whoever shows the run reads them then.
  const { caller, discord } = built.request;
  const warnings = [
    ...built.warnings,
    ...(await budgetWarning(ingress, callerSchema.parse(caller), { run, spentUsd })),
  ];
  if (warnings.length > 0) {
    const place = { guild: caller.guild, channel: discord?.channel ?? '', person: caller.id };
    const say = await ingress.languages.inPlace(place);
    await ingress.deliveries.writeWarnings(
      run,
      warnings.map((words) => words(say)),
    );
  }
  await ingress.index.add(run, built.request.discord?.messages ?? []);
  return ingress.runs.accept(built.request, { talk: talk.number });
}
