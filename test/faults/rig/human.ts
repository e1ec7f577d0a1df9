import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { listPendingApprovals } from '#shared/run/decide.ts';
import type { Case, Shown } from './ledger.ts';
import type { Rig } from './rig.ts';

/**
 * Plays the people who asked, and decides what the bot asks them: truthfully, since they can see what the tools did.
 * They allow what needs a yes, except calls of `lapse`: the time of those questions is over as soon as they stand.
 */
export interface Human extends AsyncDisposable {
  /** Ids of cards that asked about an unknown outcome and got an answer. */
  asked: Set<string>;
  /** Ids of cards that asked for a yes and got it. */
  allowed: Set<string>;
  /** Ids of cards whose time was over. */
  expired: Set<string>;
}

export function startHuman(rig: Rig): Human {
  const asked = new Set<string>();
  const allowed = new Set<string>();
  const expired = new Set<string>();
  const redis = connectRedis(rig.redisUrl, 'human', { failFast: true });
  const triedAt = new Map<string, number>();
  let closed = false;

  async function decide(each: Case, card: Shown): Promise<void> {
    triedAt.set(card.id, Date.now());
    if (card.content.startsWith('❓')) return answer(each, card);
    if (card.content.includes('lapse')) return expire(each, card);
    allowed.add(card.id);
    return press(each, card, 'Allow once');
  }

  async function answer(each: Case, card: Shown): Promise<void> {
    const call = /"call": "([\d.]+)"/.exec(card.content)?.[1];
    const done = each.executions.some((execution) => execution.call === call);
    asked.add(card.id);
    await press(each, card, done ? 'It happened' : 'It did not: run it');
  }

  async function press(each: Case, card: Shown, label: string): Promise<void> {
    const author = each.conversation.split(' ')[1] ?? '';
    // A press that gets no answer is repeated, as people do.
    await rig.discord.post('click', { message: card.id, author, label }).catch(() => undefined);
  }

  /** Makes the question an old one, because nobody waits for the quarter of an hour that it would take. */
  async function expire(each: Case, card: Shown): Promise<void> {
    const run = discordRunId(each.question);
    try {
      // Other questions of the run are left alone: a card may still be open after its question was over.
      for (const { runId, request } of await listPendingApprovals(redis)) {
        if (runId !== run || !request.tool.includes('lapse')) continue;
        await redis.zadd(keys.approvals, 'XX', '1', `${runId} ${request.approval}`);
      }
      expired.add(card.id);
    } catch {
      // Redis is away. This is tried again as long as the card is open.
    }
  }

  const work = (async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- dispose sets it
    while (!closed) {
      for (const each of rig.ledger.open()) {
        for (const card of each.cards) {
          if (isDecided(card)) continue;
          if (Date.now() - (triedAt.get(card.id) ?? 0) > 5_000) await decide(each, card);
        }
      }
      await sleep(200);
    }
  })();

  return {
    asked,
    allowed,
    expired,
    async [Symbol.asyncDispose]() {
      closed = true;
      await work;
      redis.disconnect();
    },
  };
}

function isDecided({ content }: Shown): boolean {
  return /\n(?:✅|⛔|↩️|⌛)/.test(content);
}
