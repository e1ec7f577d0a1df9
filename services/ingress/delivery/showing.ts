import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#shared/process/log.ts';
import type { RawFile } from 'discord.js';
import type { RunEvent } from '#shared/run/follower.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { DiscordTarget, RunRequest } from '#shared/run/request.ts';
import { foldEvent } from '#shared/run/fold/follow.ts';
import { createRunState, type RunState } from '#shared/run/fold/run-state.ts';
import type { Display } from '../display.ts';
import { answerDelivered } from '../events.ts';
import type { Say } from '../language/say.ts';
import type { QueuePosition } from '../signs/queue-position.ts';
import { createChanges, type Changes } from './changes.ts';
import { effectOf } from './effect.ts';
import { pictureFiles } from './pictures.ts';
import { giveWay } from './give-way.ts';
import { createPublisher, type Operation, type Publisher } from './publisher.ts';
import { workingText } from './working.ts';
import { createRenderer, type Renderer, type Waiting } from './render.ts';
import { rulesFor } from './rules.ts';
import { isAnswerPart } from './shown-part.ts';
import type { DeliveryContext } from './context.ts';
import type { Taken } from './store.ts';
import { tellFailure } from './tell-failure.ts';
import { RefusedError, tokenOver } from './ways.ts';
import { versionOf } from './versions.ts';

const log = createLogger('delivery');

const waitingRefreshMs = 5_000;

/** One run while it is being shown. */
interface Showing {
  ingress: DeliveryContext;
  say: Say;
  request: RunRequest;
  target: DiscordTarget;
  state: RunState;
  waiting: Waiting | undefined;
  /** Pictures that tools returned, once the run has ended. */
  pictures: RawFile[];
  /** What the person is told beneath the answer, once the run has ended. */
  told: string[];
  changes: Changes;
  renderer: Renderer;
  publisher: Publisher;
  turn: number;
  /** Resolves when the view is at least as new as what may stand already. */
  caughtUp: PromiseWithResolvers<void>;
}

/**
 * Follows the run and keeps its messages up to date, until its end stands. Rejects when Discord refuses for good or
 * stays away, and when `signal` aborts first.
 */
export async function showUntilEnd(
  ingress: DeliveryContext,
  request: RunRequest,
  target: DiscordTarget,
  delivery: Taken,
  signal: AbortSignal,
): Promise<void> {
  const { guild, channel } = target;
  const say = await ingress.languages.inPlace({ guild, channel, person: request.caller.id });
  const showing = prepare(ingress, say, request, target, delivery, signal);
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const telling = tellWaiting(showing, stopping).catch(() => undefined);
  const leaving = leaveInTime(showing, stopping).catch(() => undefined);
  const following = follow(showing, stopping).catch((error: unknown) => showing.changes.fail(error));
  try {
    await publish(showing, signal);
    if (showing.state.ended) await finish(showing);
    else log.warn({ run: request.id }, 'a run has no end in its journal');
  } finally {
    stop.abort();
    await Promise.all([telling, following, leaving]);
  }
}

function prepare(
  ingress: DeliveryContext,
  say: Say,
  request: RunRequest,
  target: DiscordTarget,
  delivery: Taken,
  signal: AbortSignal,
): Showing {
  const renderer = createRenderer({
    say,
    runId: request.id,
    asker: request.caller.id,
    display: { ...ingress.display(target.channel), ...displayOf(request) },
    rules: rulesFor(request, ingress.config),
    warnings: delivery.warnings,
    files: ingress.mayAttach(target.channel),
    embeds: ingress.mayEmbed(target.channel),
    fewParts: target.interaction?.only === true,
    ...(delivery.moved && { moved: delivery.moved.words }),
    ...(request.discord?.heading !== undefined && { heading: request.discord.heading }),
    replayed: request.replayOf !== undefined,
    quote: request.discord?.quote,
  });
  const publisher = createPublisher({
    api: ingress.api,
    store: ingress.patient.deliveries,
    runId: request.id,
    target,
    bot: ingress.bot(),
    turn: delivery.turn,
    parts: delivery.parts,
    mayReply: ingress.mayReply(target.channel),
    tokenLifeMs: ingress.tokenLifeMs,
    moved: delivery.moved !== undefined,
    signal,
  });
  return {
    ingress,
    say,
    request,
    target,
    state: createRunState(),
    waiting: undefined,
    pictures: [],
    told: [],
    changes: createChanges(),
    renderer,
    publisher,
    turn: delivery.turn,
    caughtUp: Promise.withResolvers(),
  };
}

/** What the settings of the place in which it was asked said of its looks. */
function displayOf({ discord }: RunRequest): Partial<Display> {
  const { progress, footer } = discord?.display ?? {};
  return { ...(progress && { progress }), ...(footer && { footer }) };
}

async function follow(showing: Showing, signal: AbortSignal): Promise<void> {
  const { state, changes, ingress, request, caughtUp } = showing;
  try {
    const newest = await newestEntry(showing);
    if (newest === undefined) caughtUp.resolve();
    for await (const event of ingress.follower.follow(request.id, { signal })) {
      if (isEnd(event)) await readAtEnd(showing);
      const effect = foldEvent(state, event) ? effectOf(event) : 'none';
      ingress.model.note(state);
      if (effect !== 'none') changes.note(effect === 'urgent');
      if (event.id === newest) caughtUp.resolve();
    }
    if (state.ended) ingress.queue.ended();
    changes.close();
  } finally {
    caughtUp.resolve();
  }
}

/** Reads what is shown with the end alone. */
async function readAtEnd(showing: Showing): Promise<void> {
  const { state, ingress, request, say } = showing;
  if (hasPictures(state)) showing.pictures = pictureFiles(await ingress.patient.runs.journal(request.id));
  showing.told = (await ingress.toldAtEnd(request)).map((words) => words(say));
}

/** Id of the journal's last entry when messages of the run stand already: they may show everything up to it. */
async function newestEntry({ ingress, request, publisher }: Showing): Promise<string | undefined> {
  if (publisher.standing().size === 0) return undefined;
  return (await ingress.patient.runs.journal(request.id)).at(-1)?.id;
}

async function publish(showing: Showing, signal: AbortSignal): Promise<void> {
  const { changes, publisher } = showing;
  await showing.caughtUp.promise;
  // Takes in what was read together with the newest entry, or words that stand would vanish and come back.
  await setImmediate();
  try {
    while (await changes.next(signal)) {
      const operation = publisher.next(render(showing));
      if (operation) await carryOut(showing, operation.kind);
      else changes.settled();
    }
    if (signal.aborted) throw new Error('the ingress is shutting down; another one goes on showing this run');
  } catch (error) {
    await publisher.settle();
    throw error;
  }
}

/** Makes one request. An edit waits for the channel's turn, unless something urgent is to be shown. */
async function carryOut(showing: Showing, kind: 'create' | 'edit'): Promise<void> {
  const { ingress, target, changes, publisher, request } = showing;
  const urgent = changes.urgent();
  const release = kind === 'edit' ? await ingress.pace.turn(target.channel, urgent) : undefined;
  // This also shows what has come in the meantime.
  const operation = publisher.next(render(showing));
  try {
    if (!operation || !(await apply(showing, operation, urgent))) return;
  } finally {
    release?.(operation?.kind === 'edit');
  }
  if (operation.kind !== 'create') return;
  ingress.typing.interrupted(target.channel);
  ingress.typing.stop(request.id);
}

/** False when Discord has refused it, so that less is to be shown. */
async function apply(showing: Showing, operation: Operation, urgent: AbortSignal): Promise<boolean> {
  try {
    await showing.publisher.apply(operation, urgent, () => isShown(showing));
    return true;
  } catch (error) {
    if (error instanceof RefusedError && giveWay(showing.renderer, operation.part, error.refusal)) return false;
    throw error;
  }
}

/** Whether the run has ended and all of it stands. */
function isShown(showing: Showing): boolean {
  return showing.state.ended !== undefined && showing.publisher.next(render(showing)) === undefined;
}

function render({ renderer, state, waiting, pictures, told }: Showing) {
  return renderer.render(state, state.ended ? undefined : waiting, { pictures, told });
}

function isEnd(event: RunEvent): boolean {
  return event.kind === 'entry' && event.entry.type === 'run.ended';
}

function hasPictures({ calls }: RunState): boolean {
  return [...calls.values()].some(({ result }) => result?.pictures !== undefined);
}

/** Once the end stands: removes surplus messages of an earlier answer, notes the delivery, marks the question. */
async function finish(showing: Showing): Promise<void> {
  const { ingress, request, target, publisher, state } = showing;
  const count = render(showing).filter(({ name }) => isAnswerPart(name)).length;
  await publisher.trim(count);
  const note = () => {
    const end = { last: publisher.unstored(), delivered: deliveredParts(showing) };
    return ingress.patient.deliveries.finish(request.id, showing.turn, end);
  };
  while ((await note()) === 'disturbed') await writeAgain(showing);
  const outcome = state.ended?.outcome ?? 'failed';
  const { channel, message } = request.discord ?? target;
  // What was handed to another run is answered there.
  const sign = state.ended?.reason === 'steered' ? 'answered' : outcome;
  if (message !== undefined) ingress.reactions.ended(channel, message, sign, versionOf(request.id) > 1);
  if (outcome === 'failed') tellFailure(ingress, request, state.ended?.reason);
  answerDelivered({ run: request.id, parts: count, outcome });
}

function deliveredParts({ publisher, target }: Showing): EntryOf<'delivered'>[] {
  return [...publisher.standing()].flatMap(([name, { message, channel = target.channel }]) => {
    return isAnswerPart(name) && message ? [{ type: 'delivered' as const, part: Number(name), message, channel }] : [];
  });
}

/** A process that slept while we showed the run may have written over our messages when it woke up. */
async function writeAgain(showing: Showing): Promise<void> {
  const { publisher } = showing;
  publisher.doubt();
  const { signal } = new AbortController();
  for (let next = publisher.next(render(showing)); next; next = publisher.next(render(showing))) {
    await apply(showing, next, signal);
  }
}

/** Where only a command's token lets us write, the answer goes on elsewhere while the token can still say so. */
async function leaveInTime({ target, changes, ingress }: Showing, stop: AbortSignal): Promise<void> {
  const { interaction } = target;
  if (interaction?.only !== true) return;
  await sleep(Math.max(0, interaction.at + ingress.tokenLifeMs - Date.now()), undefined, { signal: stop });
  changes.fail(new RefusedError(tokenOver, undefined));
}

/** Says what a silent run waits for: its turn in the queue, or the model. */
async function tellWaiting(showing: Showing, stop: AbortSignal): Promise<void> {
  const { ingress, state, request, changes, publisher, say } = showing;
  // A run that answers anew shows at once that it does so, in place of the old answer.
  const again = request.replayOf !== undefined && publisher.standing().size > 0;
  if (again) {
    showing.waiting = { text: say('run.anew') };
    changes.note(false);
  }
  await sleep(ingress.placeholderMs, undefined, { signal: stop });
  while (!stop.aborted && !state.ended) {
    // While Redis is away, the last text stays.
    const now = await waitingFor(say, ingress.queue, state, request).catch(() => showing.waiting);
    const changed = now?.text !== showing.waiting?.text || now?.behindOwn !== showing.waiting?.behindOwn;
    showing.waiting = now;
    if (changed) changes.note(false);
    await sleep(waitingRefreshMs, undefined, { signal: stop });
  }
}

async function waitingFor(
  say: Say,
  queue: QueuePosition,
  state: RunState,
  request: RunRequest,
): Promise<Waiting | undefined> {
  if (state.epoch === 0) {
    const [text, behindOwn] = await Promise.all([queue.describe(request, say), queue.isBehindOwn(request)]);
    return { text: text ?? say('queue.no-worker'), behindOwn };
  }
  const text = workingText(state, Date.now(), say);
  return text === undefined ? undefined : { text };
}
