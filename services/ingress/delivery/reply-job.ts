import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFollower } from '#shared/follower.ts';
import { appendEntry } from '#shared/journal.ts';
import { errorText } from '#shared/errors.ts';
import { createLogger } from '#shared/log.ts';
import { readRun } from '#shared/runs.ts';
import type { DiscordTarget, RunRequest } from '#shared/run.ts';
import type { DiscordApi } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
import type { Display } from '../display.ts';
import { answerDelivered, answerUndeliverable } from '../events.ts';
import type { QueuePosition } from '../signs/queue-position.ts';
import type { Reactions } from '../signs/reactions.ts';
import type { Typing } from '../signs/typing.ts';
import type { ChannelPace } from './channel-pace.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createRenderer, type Renderer, type Waiting } from './render.ts';
import { createRunView, fold, type RunView } from './run-view.ts';
import type { DeliveryStore } from './store.ts';

const log = createLogger('delivery');

/** What showing a run takes. */
export interface ReplyParts {
  redis: Redis;
  follower: RunFollower;
  api: DiscordApi;
  pace: ChannelPace;
  typing: Typing;
  reactions: Reactions;
  store: DeliveryStore;
  queue: QueuePosition;
  /** Texts that no answer may show. */
  secrets: string[];
  /** The bot's own user id. */
  bot(): string;
  /** How runs look in a channel. */
  display(channel: string): Display;
  /** Tells the person once that the bot cannot write where they asked. */
  cannotWrite(request: RunRequest, why: string): Promise<void>;
}

/** After so long without anything to show, a line says what the run is waiting for. */
const placeholderMs = 4_000;
const waitingRefreshMs = 5_000;

/** The job `reply`: shows one run in Discord until it has ended and its answer stands. Safe to begin again anywhere. */
export async function showRun(parts: ReplyParts, runId: string, signal: AbortSignal): Promise<void> {
  const record = await readRun(parts.redis, runId);
  const target = record?.request.discord;
  if (!record || !target) return;
  const delivery = await parts.store.read(runId);
  if (delivery.done) return;
  const showing = createShowing(parts, record.request, target, delivery, signal);
  if (!delivery.parts.get('0')?.message && record.status !== 'ended') parts.typing.start(runId, target.channel);
  try {
    await showing.run();
  } catch (error) {
    const failure = failureOf(error);
    if (signal.aborted || (failure !== 'forbidden' && failure !== 'gone' && failure !== 'invalid')) throw error;
    answerUndeliverable({ run: runId, channel: target.channel, why: errorText(error) });
    await parts.store.finish(runId);
    if (failure === 'forbidden') await parts.cannotWrite(record.request, errorText(error));
  } finally {
    parts.typing.stop(runId);
  }
}

type Loaded = Awaited<ReturnType<DeliveryStore['read']>>;

interface Showing {
  run(): Promise<void>;
}

function createShowing(
  parts: ReplyParts,
  request: RunRequest,
  target: DiscordTarget,
  delivery: Loaded,
  signal: AbortSignal,
): Showing {
  const view = createRunView();
  const renderer: Renderer = createRenderer({
    runId: request.id,
    asker: request.caller.id,
    display: parts.display(target.channel),
    rules: { mayMention: mentionable(request), secrets: parts.secrets },
    warnings: delivery.warnings,
    replayed: request.replayOf !== undefined,
  });
  const publisher: Publisher = createPublisher({
    api: parts.api,
    store: parts.store,
    runId: request.id,
    target,
    bot: parts.bot(),
    parts: delivery.parts,
    signal,
  });
  let waiting: Waiting | undefined;
  const changes = createChanges();

  async function follow(stopping: AbortSignal): Promise<void> {
    for await (const event of parts.follower.follow(request.id, { signal: stopping })) {
      const effect = fold(view, event);
      if (effect === 'none') continue;
      if (view.epoch > 0) waiting = undefined;
      changes.note(effect === 'urgent');
    }
    changes.close();
  }

  /** Says what a silent run waits for: its turn in the queue, or the model. */
  async function tellWaiting(stop: AbortSignal): Promise<void> {
    await sleep(placeholderMs, undefined, { signal: stop });
    while (!stop.aborted && !view.ended) {
      const text = await waitingText(parts.queue, view, request);
      const changed = text !== waiting?.text;
      waiting = text === undefined ? undefined : { text };
      if (changed) changes.note(false);
      await sleep(waitingRefreshMs, undefined, { signal: stop });
    }
  }

  async function publish(): Promise<void> {
    while (await changes.next(signal)) {
      const shown = renderer.render(view, waiting);
      const first = publisher.next(shown);
      if (!first) {
        changes.settled();
        continue;
      }
      await carryOut(first.kind);
    }
    if (signal.aborted) throw new Error('the ingress is shutting down; another one goes on showing this run');
  }

  /** One request: an edit waits for the channel's turn, unless something urgent is to be shown. */
  async function carryOut(kind: 'create' | 'edit'): Promise<void> {
    const urgent = changes.urgent();
    const release = kind === 'edit' ? await parts.pace.turn(target.channel, urgent) : undefined;
    // What has come in the meantime is shown as well.
    const operation = publisher.next(renderer.render(view, waiting));
    try {
      if (operation) await publisher.apply(operation, { urgent: urgent.aborted });
    } finally {
      release?.(operation?.kind === 'edit');
    }
    if (operation?.kind === 'create') {
      parts.typing.interrupted(target.channel);
      parts.typing.stop(request.id);
    }
  }

  async function finish(): Promise<void> {
    const shown = renderer.render(view, undefined);
    const count = shown.filter(({ name }) => /^\d+$/.test(name)).length;
    await publisher.trim(count);
    for (const [name, stored] of publisher.standing()) {
      if (!/^\d+$/.test(name) || !stored.message) continue;
      const channel = stored.channel ?? target.channel;
      const entry = { type: 'delivered' as const, part: Number(name), message: stored.message, channel };
      await appendEntry(parts.redis, request.id, entry);
    }
    await parts.store.finish(request.id);
    const outcome = view.ended?.outcome ?? 'failed';
    if (target.message !== undefined) parts.reactions.ended(target.channel, target.message, outcome);
    answerDelivered({ run: request.id, parts: count, outcome });
  }

  return {
    async run() {
      const stop = new AbortController();
      const stopping = AbortSignal.any([signal, stop.signal]);
      const ticking = tellWaiting(stopping).catch(() => undefined);
      const following = follow(stopping).catch((error: unknown) => changes.fail(error));
      try {
        await publish();
        if (view.ended) await finish();
        else log.warn({ run: request.id }, 'a run has no end in its journal');
      } finally {
        stop.abort();
        await Promise.all([ticking, following]);
      }
    },
  };
}

/** Mentions never ping; they are shown as names only for who takes part, so that nobody is pointed at unasked. */
function mentionable(request: RunRequest): (kind: string, id: string) => boolean {
  const known = [request.text, ...(request.context ?? []).map(({ content }) => content)].join('\n');
  return (kind, id) =>
    kind !== 'role' && (id === request.caller.id || known.includes(`<@${id}>`) || known.includes(`<#${id}>`));
}

async function waitingText(queue: QueuePosition, view: RunView, request: RunRequest): Promise<string | undefined> {
  if (view.epoch === 0) return (await queue.describe(request)) ?? '⏳ Waiting for a free worker…';
  const busy = [...view.approvals.values()].some(({ decided }) => !decided) || view.live !== undefined;
  if (busy || [...view.tools.values()].some(({ outcome }) => !outcome)) return undefined;
  return '⏳ Working on it…';
}

interface Changes {
  note(urgent: boolean): void;
  /** Aborts as soon as something must be shown at once. */
  urgent(): AbortSignal;
  /** Everything is shown: nothing is urgent any more. */
  settled(): void;
  close(): void;
  fail(error: unknown): void;
  /** Resolves true when there is something to show, false when all is shown and nothing more will come. */
  next(signal: AbortSignal): Promise<boolean>;
}

/** What has changed since everything was last shown. */
function createChanges(): Changes {
  let dirty = false;
  let closed = false;
  let failure: unknown;
  let urgency = new AbortController();
  let wake = (): void => undefined;
  return {
    note(urgent) {
      dirty = true;
      if (urgent) urgency.abort();
      wake();
    },
    urgent: () => urgency.signal,
    settled() {
      dirty = false;
      if (urgency.signal.aborted) urgency = new AbortController();
    },
    close() {
      closed = true;
      wake();
    },
    fail(error) {
      failure = error;
      closed = true;
      wake();
    },
    async next(signal) {
      const abort = () => wake();
      signal.addEventListener('abort', abort);
      try {
        while (!dirty && !closed && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', abort);
      }
      if (failure !== undefined) throw failure;
      if (signal.aborted) return false;
      return dirty;
    },
  };
}
