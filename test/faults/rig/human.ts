import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '#shared/redis/keys.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { listPendingApprovals } from '#shared/run/decide.ts';
import type { Case, Shown } from './ledger.ts';
import type { Rig } from './rig.ts';

/**
 * The people who asked, deciding what the bot asks them: truthfully, since they can see what the tools did. They allow what
 * needs a yes, but for calls of `lapse`: the time of those questions is over as soon as they stand.
 */
export interface Human extends AsyncDisposable {
  /** Ids of cards that asked about an unknown outcome and got an answer. */
  asked: Set<string>;
  /** Of those that asked for a yes and got it. */
  allowed: Set<string>;
  /** Of those whose time was over. */
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
    // A press that nobody answers is repeated, as people do.
    await rig.discord.post('click', { message: card.id, author, label }).catch(() => undefined);
  }

  /** Nobody waits for the quarter of an hour that it takes: the question is made an old one. */
  async function expire(each: Case, card: Shown): Promise<void> {
    const run = discordRunId(each.question);
    try {
      // Not what else the run asks: a card may stand open after its question was over.
      for (const { runId, request } of await listPendingApprovals(redis)) {
        if (runId !== run || !request.tool.includes('lapse')) continue;
        await redis.zadd(keys.approvals, 'XX', '1', `${runId} ${request.approval}`);
      }
      expired.add(card.id);
    } catch {
      // Redis is away: tried again, as long as the card is open.
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
