import { discordRunId } from '#shared/run/request.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { messageDropped } from '../events.ts';
import { before } from '../discord/snowflakes.ts';
import { createBursts, type Burst, type Bursts } from '../triggers/bursts.ts';
import { speak, type Words } from '../language/say.ts';
import { judge, type Gate, type GateKey } from '../triggers/gates.ts';
import { createLoneForwards } from '../triggers/lone-forwards.ts';
import { createLoopGuard } from '../triggers/loop-guard.ts';
import { enter, type DoorContext } from './door.ts';
import type { IncomingMessage } from '../discord/incoming.ts';
import type { Marks } from './marks.ts';

const log = createLogger('messages');

export interface ListenerContext extends DoorContext {
  marks: Marks;
  /** Why the bot cannot write in the channel; undefined when it can. */
  missingToWrite(channel: string): Words | undefined;
}

/** What became of a message, for `/why`. */
export interface Drop {
  gate: Gate;
  /** For the log. */
  why: string;
  words: Words;
}

/**
 * Takes messages as they come. Everything that takes time happens after `take` has returned. Once disposed it takes
 * none, and their channels' marks stay before them.
 */
export interface Listener extends AsyncDisposable {
  /** False when it takes no more messages. */
  take(message: IncomingMessage): boolean;
  /** Reports that a message was changed (`content`) or deleted in its burst; false when it is not under way. */
  revise(channel: string, message: string, content: string | undefined): boolean;
  /** Resolves when the question that the message belongs to is no longer on its way in. */
  entered(message: string): Promise<void>;
  /** Why a message was dropped, where its content does not show it (floods, loops, an absent queue). */
  dropped(message: string): Drop | undefined;
}

const rememberedMessages = 5_000;

export function createListener(ingress: ListenerContext): Listener {
  const loops = createLoopGuard();
  const forwards = createLoneForwards();
  const drops = new Map<string, Drop>();
  const seen = new Set<string>();
  /** Deleted messages: Discord may tell of it before the message itself. */
  const gone = new Set<string>();
  /** Questions on their way in, by their messages. */
  const entering = new Map<string, Promise<void>>();
  let closed = false;
  const bursts: Bursts = createBursts(ingress.config.DISCORD_BURST_MS, deliver);

  function drop(message: IncomingMessage, { gate, why, words }: Drop): void {
    messageDropped({ message: message.id, channel: message.channel, gate, why });
    if (gate !== 'not-addressed' && gate !== 'own-message') remember(message.id, { gate, why, words });
  }

  function remember(message: string, what: Drop): void {
    drops.set(message, what);
    const [oldest] = drops.keys();
    if (drops.size > rememberedMessages && oldest !== undefined) drops.delete(oldest);
  }

  function deliver(burst: Burst): Promise<void> {
    const entered = enterBurst(burst).finally(() => {
      for (const { id } of burst.messages) entering.delete(id);
    });
    for (const { id } of burst.messages) entering.set(id, entered);
    return entered;
  }

  async function enterBurst(burst: Burst): Promise<void> {
    const { channel, id: first } = burst.messages[0];
    // The burst's first message may have been deleted, so that typing now belongs to the one that is first.
    if (!ingress.quiet.isQuiet(burst.messages[0])) ingress.typing.start(discordRunId(first), channel);
    try {
      const entered = await enter(ingress, burst);
      for (const { id } of burst.messages) {
        if (entered === 'too-many') remember(id, dropOf('too-many', 'gate.too-many'));
        if (entered === 'empty') remember(id, dropOf('empty', 'gate.empty'));
        if (entered === 'queue-away') remember(id, dropOf('queue-away', 'gate.queue-away'));
      }
      for (const message of burst.messages) {
        if (entered === 'not-here') drop(message, dropOf('channel-not-chosen', 'gate.channel-not-chosen'));
        if (entered === 'unpaid') drop(message, dropOf('budget', 'gate.budget'));
      }
    } catch (error) {
      log.error({ message: first, error: errorText(error) }, 'a question was lost on its way in');
    } finally {
      for (const { id } of burst.messages) ingress.marks.done(channel, id);
    }
  }

  async function admit(message: IncomingMessage): Promise<void> {
    const { guild, author } = message;
    if (!message.memberKnown && guild !== undefined) {
      message.roles = await ingress.reads.fetchRoles(guild, author.id);
      // Deleted meanwhile.
      if (gone.has(message.id)) return ingress.marks.done(message.channel, message.id);
    }
    const verdict = judge(message, ingress.bot(), ingress.config);
    if (!verdict.pass) {
      // What a person adds right after their question belongs to the question.
      const joined = verdict.gate === 'not-addressed' && bursts.join(message);
      if (!joined) {
        if (verdict.gate === 'not-addressed') forwards.note(message);
        drop(message, dropOf(verdict.gate, verdict.key));
        ingress.marks.done(message.channel, message.id);
      }
      return;
    }
    const missing = refusal(message);
    if (missing) {
      drop(message, missing);
      ingress.marks.done(message.channel, message.id);
      if (missing.gate === 'cannot-write')
        await ingress.tell.cannotWrite(message.channel, message.author.id, missing.words);
      return;
    }
    const forward = forwards.before(message);
    const begun = forward !== undefined && bursts.add(forward, verdict.trigger);
    if ((bursts.add(message, verdict.trigger) || begun) && !ingress.quiet.isQuiet(message))
      ingress.typing.start(discordRunId(message.id), message.channel);
  }

  function refusal(message: IncomingMessage): Drop | undefined {
    if (message.author.bot && !loops.admit(message.channel, message.author.id)) {
      return dropOf('bot-loop', 'gate.bot-loop');
    }
    const words = ingress.missingToWrite(message.channel);
    return words && { gate: 'cannot-write', why: words(speak('en')), words };
  }

  return {
    take(message) {
      // Discord may give a message twice, and a catch-up finds messages that have meanwhile come by themselves.
      if (closed) return false;
      if (seen.has(message.id) || gone.has(message.id)) return true;
      keepNewest(seen, message.id, rememberedMessages);
      ingress.marks.learn(message.channel, message.kind);
      // After a restart Discord lists no direct messages, so that only a mark leads back to the first one.
      if (message.kind === 'dm') ingress.marks.initialise(message.channel, before(message.id));
      ingress.marks.begin(message.channel, message.id);
      admit(message).catch((error: unknown) => {
        log.error({ message: message.id, error: errorText(error) }, 'a message could not be dealt with');
        ingress.marks.done(message.channel, message.id);
      });
      return true;
    },
    revise(channel, message, content) {
      if (content === undefined) keepNewest(gone, message, rememberedMessages);
      const revised = bursts.revise(channel, message, content);
      if (revised && content === undefined) {
        ingress.typing.stop(discordRunId(message));
        ingress.marks.done(channel, message);
      }
      return revised;
    },
    entered: async (message) => entering.get(message),
    dropped: (message) => drops.get(message),
    async [Symbol.asyncDispose]() {
      closed = true;
      await bursts[Symbol.asyncDispose]();
    },
  };
}

function keepNewest(set: Set<string>, item: string, size: number): void {
  set.add(item);
  const [oldest] = set;
  if (set.size > size && oldest !== undefined) set.delete(oldest);
}

function dropOf(gate: Gate, key: GateKey): Drop {
  return { gate, why: speak('en')(key), words: (say) => say(key) };
}
