import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { readRun } from '#shared/run/record.ts';
import { stopRun } from '#shared/run/stop.ts';
import { suspendRun } from '#shared/run/suspend.ts';
import { playWorker, type PlayedRun } from './played-worker.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, environment: { POLICY_FILE: policyFile } });
});

afterAll(() => rig[Symbol.asyncDispose]());

const policyFile = `${import.meta.dirname}/policy.yaml`;

interface Waiting {
  run: PlayedRun;
  card: string;
}

/** A run that waits for a decision about a call, and the card that asks for it. */
async function waiting(
  fields: Partial<EntryOf<'approval.requested'>> = {},
  ask: { author?: string; channel?: string } = {},
): Promise<Waiting> {
  const asked = rig.ask('do it', { author: 'Olga', ...ask });
  const run = await rig.work(asked.id);
  const entry: EntryOf<'approval.requested'> = {
    type: 'approval.requested',
    approval: '0-0',
    step: 0,
    call: 0,
    tool: 'write_file',
    arguments: '{"path":"a.md","content":"hello"}',
    argumentsHash: 'abc',
    kind: 'policy',
    expiresAt: Date.now() + 60_000,
    ...fields,
  };
  await run.append(entry);
  await suspendRun({ redis: rig.redis, queues: rig.queues }, run.id, run.fence);
  const card = await rig.controls.waitFor(({ components }) => JSON.stringify(components).includes(`decide:${run.id}:`));
  return { run, card: card.id };
}

function press({ run, card }: Waiting, author: string, answer = 'allow', approval = '0-0') {
  return rig.controls.click({ message: card, author, customId: `decide:${run.id}:${approval}:${answer}` }).outcome();
}

/** Posts a message of the bot with another message's buttons. */
async function postCopy(components: object[]): Promise<string> {
  const { url, token, channels } = rig.playground;
  const response = await fetch(`${url}/v10/channels/${channels.general}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'copy', components }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function decisions(run: string) {
  const entries = (await readJournal(rig.redis, run)).map(({ entry }) => entry);
  return entries.filter((entry) => entry.type === 'approval.decided');
}

test('the card shows tool and arguments; the asker allows, buttons go, the outcome stays, the run goes on', async () => {
  const card = await waiting({ why: 'It writes after reading a page.' });
  const shown = rig.controls.message(card.card);
  expect(shown.content).toContain('`write_file`');
  expect(shown.content).toContain('"path": "a.md"');
  expect(shown.content).toContain('It writes after reading a page.');
  expect((await press(card, 'Olga')).answeredWith).toBe(6);
  const after = await rig.controls.waitFor(
    ({ id, content }) => id === card.card && content.includes('✅ Allowed by Olga'),
  );
  expect(after.components).toEqual([]);
  expect((await readRun(rig.redis, card.run.id))?.status).toBe('queued');
});

test('rights are looked up at the click: neither strangers nor people whose role was taken away decide', async () => {
  const card = await waiting();
  expect((await press(card, 'Max')).message?.content).toContain('can decide this');
  rig.controls.setRoles('Olga', ['member']);
  expect((await press(card, 'Olga')).message?.content).toContain('roles do not let you');
  expect(await decisions(card.run.id)).toEqual([]);
  rig.controls.setRoles('Olga', ['operator', 'member']);
  expect((await press(card, 'Olga', 'deny')).answeredWith).toBe(6);
  await rig.controls.waitFor(({ id, content }) => id === card.card && content.includes('⛔ Denied by Olga'));
});

test('two clicks, and a restart between card and click, make one decision', async () => {
  const card = await waiting();
  await rig.stop();
  await rig.start();
  const answers = await Promise.all([press(card, 'Olga'), press(card, 'Ada', 'deny'), press(card, 'Olga')]);
  expect(answers.map(({ failed }) => failed)).toEqual([false, false, false]);
  await rig.controls.waitFor(({ id, components }) => id === card.card && components.length === 0);
  expect(await decisions(card.run.id)).toHaveLength(1);
  const cards = rig.controls.messages('general').filter(({ content }) => content.includes(card.run.id));
  expect(cards.filter(({ content }) => content.includes('asked by'))).toHaveLength(1);
});

test('a button of another run, a late click and a click in a direct message decide nothing', async () => {
  const first = await waiting();
  const copy = await postCopy(rig.controls.message(first.card).components);
  const forged = await press({ run: first.run, card: copy }, 'Olga');
  expect(forged.message?.content).toContain('does not belong to an open question');
  const late = await waiting({ expiresAt: Date.now() - 1 });
  expect((await press(late, 'Olga')).message?.content).toContain('time for this decision is over');
  const dm = await waiting({}, { channel: '@Olga' });
  expect((await press(dm, 'Olga')).message?.content).toContain('direct messages');
  for (const { run } of [first, late, dm]) expect(await decisions(run.id)).toEqual([]);
});

test('an ingress whose clock is an hour ahead of Redis’ decides as any other', async () => {
  const { run, card } = await waiting();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await press({ run, card }, 'Olga');
  clock.mockRestore();
  expect(await decisions(run.id)).toHaveLength(1);
  await (await playWorker(rig.redis, rig.queues, run.id)).end('Done.');
});

test('an expired approval and one whose run has ended lose their buttons', async () => {
  const expired = await waiting();
  await expired.run.append({ type: 'approval.decided', approval: '0-0', decision: 'expired', by: 'nobody' });
  await rig.controls.waitFor(({ id, content }) => id === expired.card && content.includes('⌛ Expired'));
  const ended = await waiting();
  await stopRun({ redis: rig.redis, queues: rig.queues }, ended.run.id, 'ada');
  const stopped = await playWorker(rig.redis, rig.queues, ended.run.id);
  await stopped.end('Stopped.', { outcome: 'stopped' });
  const after = await rig.controls.waitFor(({ id, content }) => id === ended.card && content.includes('ended before'));
  expect(after.components).toEqual([]);
});

test('arguments cannot break out of their block, hide a tail, or ping; long ones are there in full', async () => {
  const fence = await waiting({ arguments: JSON.stringify({ q: '```\n@everyone\n```' }) });
  const shown = rig.controls.message(fence.card);
  expect(shown.content.match(/```/g)).toHaveLength(2);
  expect(shown.mentionEveryone).toBe(false);
  const sql = `SELECT 1;${' '.repeat(3_000)}DROP TABLE x`;
  const wall = rig.controls.message((await waiting({ arguments: JSON.stringify({ sql }) })).card);
  expect(wall.content).toContain('DROP TABLE x');
  expect(wall.content).toContain('3,000 blanks');
  expect(wall.attachments).toHaveLength(1);
  const file = await fetch(wall.attachments[0]?.url ?? '').then((response) => response.text());
  expect(JSON.parse(file)).toEqual({ sql });
  const bidi = rig.controls.message((await waiting({ arguments: JSON.stringify({ q: 'a\u202eb\u200bc' }) })).card);
  expect(bidi.content).toContain(String.raw`a\u{202e}b\u{200b}c`);
});

test('long arguments cannot be allowed where no file can show them whole', async () => {
  rig.controls.permit('general', 'Dragoman', { deny: ['ATTACH_FILES'] });
  const blind = await waiting({ arguments: JSON.stringify({ text: 'long '.repeat(600) }) }, { author: 'Ada' });
  rig.controls.unpermit('general', 'Dragoman');
  const { content, components, attachments } = rig.controls.message(blind.card);
  expect(content).toContain('*Attach Files*');
  expect(attachments).toEqual([]);
  expect(JSON.stringify(components)).toContain('"Deny"');
  expect(JSON.stringify(components)).not.toContain('"Allow once"');
  expect((await press(blind, 'Ada', 'deny')).answeredWith).toBe(6);
});
