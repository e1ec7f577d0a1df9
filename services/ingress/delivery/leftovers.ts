import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Queues } from '#shared/queue/queues.ts';
import { keys } from '#shared/redis/keys.ts';
import { addReplyJob } from '#shared/run/enqueue.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import { flags, type DiscordApi, type MessageBody } from '../discord/api.ts';
import type { Languages } from '../language/choose.ts';
import type { Words } from '../language/say.ts';
import type { Reactions } from '../signs/reactions.ts';
import { isAnswerPart } from './shown-part.ts';
import { keepShownMs, type Delivery, type DeliveryStore, type StoredPart } from './store.ts';

const log = createLogger('delivery');

/** What was left unfinished where a question was asked, because Discord took no more there. */
export interface Leftovers {
  /** Notes that something of the run was left there. With `moved`, what stands says that the answer comes elsewhere. */
  leave(record: RunRecord, channel: string, how: { moved: boolean }): Promise<void>;
  /** The channel has changed, so that what was left there may be finished now. Returns at once. */
  finish(channel: string): void;
}

export interface LeftoversInput {
  redis: Redis;
  queues: Queues;
  api: DiscordApi;
  runs: RunStore;
  deliveries: DeliveryStore;
  reactions: Reactions;
  languages: Languages;
  missingToWrite(channel: string): Words | undefined;
}

export function createLeftovers(input: LeftoversInput): Leftovers {
  const { redis, queues, api, runs, deliveries, reactions } = input;

  const leave: Leftovers['leave'] = async (record, channel, { moved }) => {
    const key = keys.discordLeft(channel);
    await redis.pipeline().sadd(key, record.id).pexpire(key, keepShownMs).exec();
    if (moved) await point(record, await deliveries.read(record.id));
  };

  /** Points from what stands to the place where the answer goes on. True when all of it does. */
  async function point({ id, request }: RunRecord, delivery: Delivery): Promise<boolean> {
    if (!delivery.moved) return false;
    const { guild, channel: asked = '' } = request.discord ?? {};
    const say = await input.languages.inPlace({ guild, channel: asked });
    const body: MessageBody = { content: say('run.goes-on'), components: [], embeds: [] };
    let all = true;
    for (const part of unfinished(delivery.left)) {
      try {
        await change(part, { ...body, flags: flags.suppressEmbeds });
      } catch (error) {
        all = false;
        log.info({ run: id, error: errorText(error) }, 'an unfinished message could not be changed');
      }
    }
    return all;

    async function change(
      { hook, message, channel }: StoredPart & { message: string },
      to: MessageBody,
    ): Promise<void> {
      const { interaction } = request.discord ?? {};
      if (hook && interaction)
        await api.hook.edit(interaction, message, to).catch(() => api.edit(channel ?? asked, message, to));
      else await api.edit(channel ?? asked, message, to);
    }
  }

  async function finish(channel: string): Promise<void> {
    const key = keys.discordLeft(channel);
    for (const runId of await redis.smembers(key)) {
      const record = await runs.read(runId);
      if (record?.undeliverable !== undefined) {
        await deliveries.reopen(runId);
        await addReplyJob(queues, runId);
      } else if (record) {
        if (!(await point(record, await deliveries.read(runId)))) continue;
        const { message } = record.request.discord ?? {};
        if (message !== undefined && record.outcome) reactions.ended(channel, message, record.outcome);
      }
      await redis.srem(key, runId);
    }
  }

  return {
    leave,
    finish(channel) {
      if (input.missingToWrite(channel) !== undefined) return;
      finish(channel).catch((error: unknown) => {
        log.warn({ channel, error: errorText(error) }, 'what was left in a channel could not be finished');
      });
    },
  };
}

/** The last message of the answer, which still shows that it is being written, and cards with their buttons. */
function unfinished(left: Delivery['left']): (StoredPart & { message: string })[] {
  const answer = [...left.keys()].filter((name) => isAnswerPart(name)).toSorted((a, b) => Number(a) - Number(b));
  return [...left].flatMap(([name, part]) => {
    const { message } = part;
    const complete = isAnswerPart(name) && name !== answer.at(-1);
    return complete || message === undefined ? [] : [{ ...part, message }];
  });
}
