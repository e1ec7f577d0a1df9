import { createHash } from 'node:crypto';
import type { DiscordTarget } from '#shared/run/request.ts';
import type { DiscordApi, MessageBody } from '../discord/api.ts';
import { SupersededError } from '../discord/paced-rest.ts';
import type { Refusal } from '../discord/refusals.ts';
import { urgency } from '../discord/pacer.ts';
import { deliveryCounted } from '../events.ts';
import type { ShownPart } from './shown-part.ts';
import type { DeliveryStore, StoredPart } from './store.ts';
import { createWays, interactionLifeMs, isOpen, RefusedError } from './ways.ts';

/** Milliseconds for which a turn that was ours is not checked again: less than any request to Discord takes. */
const trustTurnMs = 50;

const embedsRefused: Refusal = { next: 'plain', words: (say) => say('refused.embeds') };

export interface Operation {
  kind: 'create' | 'edit';
  part: ShownPart;
  digest: string;
}

/** Brings the messages of one run to their wanted state, one request at a time, and remembers what stands. */
export interface Publisher {
  /** The first difference between what is wanted and what stands; undefined when there is none. */
  next(parts: ShownPart[]): Operation | undefined;
  /**
   * Carries the operation out. An edit that still waits is dropped when `urgent` aborts, because something newer
   * follows. Rejects when Discord refuses what it is sent (RefusedError), when it stays away, or when another process
   * shows the run (OvertakenError). What was done is stored when it resolves; but where `isLast` says then that nothing
   * follows but the end, whose step stores it too, it is only kept (`unstored`).
   */
  apply(operation: Operation, urgent: AbortSignal, isLast?: () => boolean): Promise<void>;
  /** Gives away what was kept: the caller stores it. */
  unstored(): [name: string, part: StoredPart] | undefined;
  /** Stores what was kept, because the end does not follow. */
  settle(): Promise<void>;
  /** Forgets what is believed to stand, so that all of it counts as different. */
  doubt(): void;
  /** Removes messages of the answer beyond the first `count`. */
  trim(count: number): Promise<void>;
  /** Ids of the messages that stand, by part name. */
  standing(): Map<string, StoredPart>;
}

export interface PublisherInput {
  api: DiscordApi;
  store: DeliveryStore;
  runId: string;
  target: DiscordTarget;
  bot: string;
  /** Number of our turn at showing this run. */
  turn: number;
  /** What earlier deliveries have left; taken over and kept up to date. */
  parts: Map<string, StoredPart>;
  /** Whether the channel's history may be read, without which Discord refuses replies. */
  mayReply?: boolean;
  /** Milliseconds for which the token of a command is relied on. */
  tokenLifeMs?: number;
  /** Whether the answer comes elsewhere than it was asked for. */
  moved?: boolean;
  signal: AbortSignal;
}

export function createPublisher(input: PublisherInput): Publisher {
  const { api, store, runId, target, turn, parts } = input;
  let heldAt = -Infinity;
  const check = async (): Promise<void> => {
    if (performance.now() - heldAt > trustTurnMs) await store.hold(runId, turn);
  };

  const { bot, signal, mayReply = true, tokenLifeMs = interactionLifeMs, moved = false } = input;
  const ways = createWays({ api, runId, target, bot, parts, mayReply, tokenLifeMs, moved, check, signal });

  async function remember(name: string, part: StoredPart): Promise<void> {
    parts.set(name, part);
    await holding(() => store.write(runId, turn, name, part));
  }

  let kept: [name: string, part: StoredPart] | undefined;

  async function done(name: string, part: StoredPart, isLast: () => boolean): Promise<void> {
    parts.set(name, part);
    if (isLast()) kept = [name, part];
    else await remember(name, part);
  }

  function unstored(): typeof kept {
    const last = kept;
    kept = undefined;
    return last;
  }

  async function settle(): Promise<void> {
    const last = unstored();
    if (last) await remember(...last);
  }

  /** A successful write proves that the turn was still ours when it was sent. */
  async function holding(write: () => Promise<void>): Promise<void> {
    const sentAt = performance.now();
    await write();
    heldAt = sentAt;
  }

  async function create(operation: Operation, isLast: () => boolean): Promise<void> {
    const { part, digest } = operation;
    const known = parts.get(part.name) ?? {};
    const triedAt = known.triedAt ?? Date.now();
    if (known.triedAt === undefined) await remember(part.name, { triedAt });
    const { message, hook } = await ways.create(part, known.triedAt !== undefined);
    // A nonce that was used before returns the old message, which is edited next. Without the right to embed links,
    // Discord leaves out embeds and says nothing.
    const embedded = part.body.embeds === undefined || message.embeds.length > 0;
    const asWanted = embedded && (message.content === (part.body.content ?? '') || part.body.embeds !== undefined);
    const stands = {
      message: message.id,
      channel: message.channel_id,
      triedAt,
      ...(hook && { hook }),
      ...(asWanted && { digest }),
    };
    await done(part.name, stands, isLast);
    deliveryCounted('created');
    if (!embedded) throw new RefusedError(embedsRefused, undefined);
  }

  async function edit(operation: Operation, urgent: AbortSignal, isLast: () => boolean): Promise<void> {
    const { part, digest } = operation;
    const stored = parts.get(part.name);
    const { message } = stored ?? {};
    if (!stored || message === undefined) return;
    // Until the new digest is stored nobody knows what stands, so that whoever takes over must not trust the old one.
    const { digest: _, ...unsure } = stored;
    if (stored.digest !== undefined) {
      parts.set(part.name, unsure);
      await holding(() => store.announce(runId, turn, part.name, unsure));
    }
    try {
      const options = urgent.aborted ? { urgency: urgency.answer } : { urgency: urgency.edit, superseded: urgent };
      await ways.edit({ ...stored, message }, part, options);
      deliveryCounted('edited');
    } catch (error) {
      if (error instanceof SupersededError) {
        // The edit was never sent, so that for us the old text still stands.
        parts.set(part.name, stored);
        return;
      }
      if (!(error instanceof RefusedError) || !(await settled(part.name, error))) throw error;
      return;
    }
    await done(part.name, { ...stored, digest }, isLast);
  }

  /** Deals with a message that was deleted, or can no longer be changed; false when something else is refused. */
  async function settled(name: string, { refusal }: RefusedError): Promise<boolean> {
    const stored = parts.get(name);
    if (refusal.next === 'leave') {
      // A moderator has deleted it: nothing is to stand there any more.
      deliveryCounted('gone');
      await remember(name, { ...stored, deleted: true });
      return true;
    }
    if (refusal.next !== 'anew') return false;
    deliveryCounted('refused');
    parts.delete(name);
    await store.forget(runId, name);
    return true;
  }

  return {
    next(shown) {
      for (const part of shown) {
        const digest = digestOf(part.body);
        const stored = parts.get(part.name);
        if (stored?.deleted === true) continue;
        if (!stored?.message) return { kind: 'create', part, digest };
        if (stored.digest !== digest) return { kind: 'edit', part, digest };
      }
      return undefined;
    },
    apply: (operation, urgent, isLast = () => false) =>
      operation.kind === 'create' ? create(operation, isLast) : edit(operation, urgent, isLast),
    unstored,
    settle,
    doubt() {
      for (const [name, { digest: _, ...rest }] of parts) parts.set(name, rest);
    },
    async trim(count) {
      for (const [name, stored] of parts) {
        if (!/^\d+$/.test(name) || Number(name) < count || !stored.message) continue;
        await settle();
        await api.remove(stored.channel ?? target.channel, stored.message).catch((error: unknown) => {
          if (isOpen(error)) throw error;
        });
        parts.delete(name);
        await store.forget(runId, name);
      }
    },
    standing: () => parts,
  };
}

function digestOf(body: MessageBody): string {
  const { files = [], ...rest } = body;
  const hash = createHash('sha1').update(JSON.stringify([rest, files.map(({ name }) => name)]));
  for (const { data } of files) hash.update(String(data));
  return hash.digest('base64url').slice(0, 16);
}
