import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Shown } from './ledger.ts';
import type { Rig } from './rig.ts';

/** The people who asked, deciding what the bot asks them: truthfully, since they can see what the tools did. */
export interface Human extends AsyncDisposable {
  /** Ids of cards that asked about an unknown outcome and got an answer. */
  asked: Set<string>;
}

export function startHuman(rig: Rig): Human {
  const asked = new Set<string>();
  const triedAt = new Map<string, number>();
  let closed = false;

  async function answer(each: Case, card: Shown): Promise<void> {
    const call = /"call": "([\d.]+)"/.exec(card.content)?.[1];
    const done = each.executions.some((execution) => execution.call === call);
    asked.add(card.id);
    triedAt.set(card.id, Date.now());
    const author = each.conversation.split(' ')[1] ?? '';
    const press = { message: card.id, author, label: done ? 'It happened' : 'It did not: run it' };
    // A press that nobody answers is repeated, as people do.
    await rig.discord.post('click', press).catch(() => undefined);
  }

  const work = (async () => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- dispose sets it
    while (!closed) {
      for (const each of rig.ledger.open()) {
        for (const card of each.cards) {
          if (!card.content.startsWith('❓') || isDecided(card)) continue;
          if (Date.now() - (triedAt.get(card.id) ?? 0) > 5_000) await answer(each, card);
        }
      }
      await sleep(200);
    }
  })();

  return {
    asked,
    async [Symbol.asyncDispose]() {
      closed = true;
      await work;
    },
  };
}

function isDecided({ content }: Shown): boolean {
  return /\n(?:✅|⛔|↩️|⌛)/.test(content);
}
