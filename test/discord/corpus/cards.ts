import { readJournal } from '#shared/run/journal.ts';
import { readRun } from '#shared/run/record.ts';
import { until, type Rig } from '../rig.ts';

/** The open cards of a run. Waits until the run waits for a decision. */
export async function cardsOf(rig: Rig, runId: string): Promise<string[]> {
  await until('the run waits', async () => (await readRun(rig.redis, runId))?.status === 'waiting');
  return until('its card is there', () => {
    const all = rig.controls.messages('general');
    const cards = all.filter(({ components }) => JSON.stringify(components).includes(`decide:${runId}:`));
    return cards.length > 0 && cards.map(({ id }) => id);
  });
}

/** Presses a card's button as the person who asked. */
export function press(rig: Rig, card: string, answer: string) {
  const row = JSON.stringify(rig.controls.message(card).components);
  const customId = new RegExp(`"(decide:[^"]*:${answer})"`).exec(row)?.[1] ?? answer;
  return rig.controls.click({ message: card, author: 'Olga', customId }).outcome();
}

/** What was decided about a run's calls, in order. */
export async function decisions(rig: Rig, runId: string): Promise<string[]> {
  const entries = (await readJournal(rig.redis, runId)).map(({ entry }) => entry);
  return entries.flatMap((entry) => (entry.type === 'approval.decided' ? [entry.decision] : []));
}

/** Posts a message of the bot that has a button with this id. */
export async function postButton(rig: Rig, customId: string): Promise<string> {
  const { url, token, channels } = rig.playground;
  const button = { type: 2, style: 3, label: 'Allow once', custom_id: customId };
  const response = await fetch(`${url}/v10/channels/${channels.general}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'copy', components: [{ type: 1, components: [button] }] }),
  });
  return ((await response.json()) as { id: string }).id;
}
