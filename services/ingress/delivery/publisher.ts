import { createHash } from 'node:crypto';
import type { APIMessage } from 'discord.js';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { DiscordTarget } from '#shared/run/request.ts';
import type { DiscordApi, MessageBody } from '../discord/api.ts';
import { SupersededError } from '../discord/paced-rest.ts';
import { failureOf } from '../discord/errors.ts';
import { urgency } from '../discord/pacer.ts';
import { deliveryCounted } from '../events.ts';
import { findPosted } from './find-posted.ts';
import { nonceOf } from './nonce.ts';
import type { ShownPart } from './render.ts';
import { sendOnce } from './send-once.ts';
import type { DeliveryStore, StoredPart } from './store.ts';

const log = createLogger('delivery');

/** An interaction's token lives 15 minutes; the last half minute is not relied on. */
const interactionLifeMs = 14.5 * 60_000;

/** Milliseconds for which a turn that was ours is not checked again: less than any request to Discord takes. */
const trustTurnMs = 50;

/** Discord would accept the message, but not its files (no permission, or too large). Nothing was written. */
export class FilesRefusedError extends Error {}

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
   * follows. Rejects when the channel cannot be written to, Discord stays away, another process shows the run
   * (OvertakenError), or files are refused (FilesRefusedError: try again without them).
   */
  apply(operation: Operation, urgent: AbortSignal): Promise<void>;
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
  signal: AbortSignal;
}

export function createPublisher(input: PublisherInput): Publisher {
  const { api, store, runId, target, turn, parts } = input;
  let heldAt = -Infinity;
  const check = async (): Promise<void> => {
    if (performance.now() - heldAt > trustTurnMs) await store.hold(runId, turn);
  };

  async function remember(name: string, part: StoredPart): Promise<void> {
    parts.set(name, part);
    await holding(() => store.write(runId, turn, name, part));
  }

  /** A successful write proves that the turn was still ours when it was sent. */
  async function holding(write: () => Promise<void>): Promise<void> {
    const sentAt = performance.now();
    await write();
    heldAt = sentAt;
  }

  async function create(operation: Operation): Promise<void> {
    const { part, digest } = operation;
    const known = parts.get(part.name) ?? {};
    const triedAt = known.triedAt ?? Date.now();
    if (known.triedAt === undefined) await remember(part.name, { triedAt });
    const message = (await createByInteraction(part)) ?? (await post(part, known.triedAt !== undefined));
    // A nonce that was used before returns the old message, which is edited next.
    const asWanted = message.content === (part.body.content ?? '') || part.body.embeds !== undefined;
    await remember(part.name, {
      message: message.id,
      channel: message.channel_id,
      triedAt,
      ...(asWanted && { digest }),
    });
    deliveryCounted('created');
  }

  /** The first part of an answer to a command is its deferred response, as long as the token lives. */
  async function createByInteraction(part: ShownPart): Promise<APIMessage | undefined> {
    const { interaction } = target;
    if (!interaction || part.name !== '0' || Date.now() - interaction.at > interactionLifeMs) return undefined;
    try {
      await check();
      return await api.editOriginal(interaction, part.body);
    } catch (error) {
      if (isOpen(error)) throw error;
      log.info({ run: runId, error: errorText(error) }, 'the interaction is over; answering in the channel');
      return undefined;
    }
  }

  async function post(part: ShownPart, triedBefore: boolean): Promise<APIMessage> {
    const repliesTo = replyTarget(part);
    const body: MessageBody = repliesTo === undefined ? part.body : { ...part.body, reply: { message: repliesTo } };
    const nonce = nonceOf(runId, part.name);
    const find = () =>
      findPosted(api, {
        channel: target.channel,
        bot: input.bot,
        runId,
        name: part.name,
        repliesTo,
        known: new Set([...parts.values()].flatMap(({ message }) => message ?? [])),
        after: repliesTo ?? target.interaction?.id ?? '0',
      });
    const message = { channel: target.channel, nonce, triedBefore, find, check };
    try {
      return await sendOnce(api, { ...message, body }, input.signal);
    } catch (error) {
      refuseFiles(part, error);
      if (failureOf(error) !== 'invalid') throw error;
      log.error(
        { run: runId, part: part.name, error: errorText(error) },
        'Discord refuses a message; sending plain text',
      );
      return sendOnce(api, { ...message, body: plainBody(body) }, input.signal);
    }
  }

  /** Throws FilesRefusedError when the files may be the fault; without them the message may be accepted. */
  function refuseFiles(part: ShownPart, error: unknown): void {
    if (!part.body.files || !['forbidden', 'invalid', 'refused'].includes(failureOf(error))) return;
    log.warn({ run: runId, part: part.name, error: errorText(error) }, 'Discord refuses files; sending without them');
    throw new FilesRefusedError('Discord refuses the files', { cause: error });
  }

  function replyTarget(part: ShownPart): string | undefined {
    if (part.replyTo === 'question') return target.message;
    return parts.get(String(Number(part.name) - 1))?.message ?? target.message;
  }

  async function edit(operation: Operation, urgent: AbortSignal): Promise<void> {
    const { part, digest } = operation;
    const stored = parts.get(part.name);
    if (!stored?.message) return;
    // Until the new digest is stored nobody knows what stands, so that whoever takes over must not trust the old one.
    const { digest: _, ...unsure } = stored;
    if (stored.digest !== undefined) {
      parts.set(part.name, unsure);
      await holding(() => store.announce(runId, turn, part.name, unsure));
    }
    try {
      const channel = stored.channel ?? target.channel;
      const options = urgent.aborted ? { urgency: urgency.answer } : { urgency: urgency.edit, superseded: urgent };
      await api.edit(channel, stored.message, part.body, { ...options, check });
      deliveryCounted('edited');
    } catch (error) {
      if (error instanceof SupersededError) {
        // The edit was never sent, so that for us the old text still stands.
        parts.set(part.name, stored);
        return;
      }
      if (isOpen(error)) throw error;
      refuseFiles(part, error);
      const failure = failureOf(error);
      // A moderator has deleted it, or we may no longer change it: it is left alone.
      log.info({ run: runId, part: part.name, failure, error: errorText(error) }, 'a message cannot be edited');
      deliveryCounted(failure === 'gone' ? 'gone' : 'refused');
    }
    await remember(part.name, { ...stored, digest });
  }

  return {
    next(shown) {
      for (const part of shown) {
        const digest = digestOf(part.body);
        const stored = parts.get(part.name);
        if (!stored?.message) return { kind: 'create', part, digest };
        if (stored.digest !== digest) return { kind: 'edit', part, digest };
      }
      return undefined;
    },
    apply: (operation, urgent) => (operation.kind === 'create' ? create(operation) : edit(operation, urgent)),
    doubt() {
      for (const [name, { digest: _, ...rest }] of parts) parts.set(name, rest);
    },
    async trim(count) {
      for (const [name, stored] of parts) {
        if (!/^\d+$/.test(name) || Number(name) < count || !stored.message) continue;
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

/** Whether the request to Discord is still to be done, by us or by another process. */
function isOpen(error: unknown): boolean {
  return ['unsure', 'dropped'].includes(failureOf(error));
}

function digestOf(body: MessageBody): string {
  const { files = [], ...rest } = body;
  const hash = createHash('sha1').update(JSON.stringify([rest, files.map(({ name }) => name)]));
  for (const { data } of files) hash.update(String(data));
  return hash.digest('base64url').slice(0, 16);
}

/** The same words without anything that Discord could reject. */
function plainBody(body: MessageBody): MessageBody {
  const [embed] = (body.embeds ?? []) as { description?: string }[];
  const content = (body.content || embed?.description || '…').slice(0, 2_000);
  return { content, ...(body.flags !== undefined && { flags: body.flags }), ...(body.reply && { reply: body.reply }) };
}
