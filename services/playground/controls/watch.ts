import type { PlaygroundContext } from '../context.ts';
import type { LoggedRequest } from '../rest/request-log.ts';
import type { Dispatch, Json, Message } from '../state/types.ts';
import { findMessage, type World } from '../state/world.ts';
import { channelNamed, messageWithId, userNamed } from './find.ts';
import { shownMessage, type ShownMessage } from './shown.ts';
import { waitUntil } from './wait.ts';

export interface ShownSession {
  id: string;
  botId: string;
  connected: boolean;
  shard: number;
  intents: number;
  /** The number of the last event. */
  seq: number;
  resumes: number;
  presence?: Json;
}

/** Shows what there is, and waits for it. */
export interface WatchControls {
  /** A channel's messages, oldest first. Ephemeral ones are included only when `as` is the person who sees them. */
  messages(channel: string, as?: string): ShownMessage[];
  /** One message in any channel, ephemeral or not. Throws when there is none. */
  message(id: string): ShownMessage;
  /**
   * The first message that the predicate accepts, of any channel and ephemeral ones too: at once, or as soon as there
   * is one. A message is looked at again when it changes. Rejects after `ms` milliseconds and shows the messages that
   * there are.
   */
  waitFor(predicate: (message: ShownMessage) => boolean, ms?: number): Promise<ShownMessage>;
  /** Resolves with what `look` returns as soon as that is neither undefined nor false. Looks after each change. */
  until<T>(look: () => T | undefined | false, ms?: number): Promise<T>;
  /** Every REST request with its body and its answer's status, oldest first. */
  requests(): LoggedRequest[];
  clearRequests(): void;
  /**
   * How many answers of the last ten minutes were 401, 403 or 429, and whether Discord would have banned the address
   * for them.
   */
  invalidRequests(): { count: number; wouldBeBanned: boolean };
  sessions(): ShownSession[];
}

/** Only a wait for something that never comes takes this long: a busy machine must not fail a test. */
const USUAL_WAIT_MS = 30_000;

export function watchControls(context: PlaygroundContext): WatchControls {
  const { world, requests, gateway } = context;
  return {
    messages(channel, as) {
      const reader = as === undefined ? undefined : userNamed(context, as).id;
      const stored = [...(world.messages.get(channelNamed(context, channel).id)?.values() ?? [])];
      const seen = stored.filter(({ visibleTo }) => visibleTo === undefined || visibleTo === reader);
      return seen.map((message) => shownMessage(world, message));
    },
    message: (id) => shownMessage(world, messageWithId(context, id)),
    waitFor: (predicate, ms = USUAL_WAIT_MS) => waitForMessage(context, predicate, ms),
    until: (look, ms = USUAL_WAIT_MS) => waitUntil(context, look, ms, () => ''),
    requests: () => requests.all(),
    clearRequests: () => requests.clear(),
    invalidRequests: () => requests.invalid(),
    sessions: () =>
      [...gateway.sessions.values()].map((session) => ({
        id: session.id,
        botId: session.bot.userId,
        connected: session.socket !== undefined,
        shard: session.shard[0],
        intents: session.intents,
        seq: session.seq,
        resumes: session.resumes,
        ...(session.presence && { presence: session.presence }),
      })),
  };
}

function waitForMessage(
  { world }: PlaygroundContext,
  predicate: (message: ShownMessage) => boolean,
  ms: number,
): Promise<ShownMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<ShownMessage>();
  const all = [...world.messages.values()].flatMap((messages) => [...messages.values()]);
  const look = (message: Message) => {
    try {
      const shown = shownMessage(world, message);
      if (predicate(shown)) resolve(shown);
    } catch (error) {
      reject(error);
    }
  };
  // Only the changed message is looked at again: thousands of messages and many waiting tests must not slow each other
  // down.
  const unsubscribe = world.subscribe((event) => {
    const message = messageOfEvent(world, event);
    if (message) look(message);
  });
  const timer = setTimeout(() => reject(new Error(`No such message came in ${ms} ms. ${lastWords(world)}`)), ms);
  for (const message of all) look(message);
  return promise.finally(() => {
    unsubscribe();
    clearTimeout(timer);
  });
}

/** The message that an event is about, or that gains or loses a reaction by it. */
function messageOfEvent(world: World, event: Dispatch): Message | undefined {
  const { message_id: id, channel_id: channelId } = event.d;
  if (event.message || typeof id !== 'string' || typeof channelId !== 'string') return event.message;
  return findMessage(world, channelId, id);
}

function lastWords(world: World): string {
  const all = [...world.messages.values()].flatMap((messages) => [...messages.values()]);
  const last = all.slice(-8).map((message) => shownMessage(world, message));
  const lines = last.map(({ author, content }) => `  ${author.name}: ${content.slice(0, 200)}`);
  return `The last messages:\n${lines.join('\n')}`;
}
