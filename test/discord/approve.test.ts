import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { suspendRun } from '#shared/run/suspend.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  const policy = `${import.meta.dirname}/policy.yaml`;
  rig = await startRig({ playground: { rateLimits: false }, environment: { POLICY_FILE: policy } });
});

afterAll(() => rig[Symbol.asyncDispose]());

/** A run of Olga's that waits for a decision about a call with these arguments, and its card. */
async function waiting(args: string) {
  const asked = rig.ask('do it', { author: 'Olga' });
  const run = await rig.work(asked.id);
  await run.append({
    type: 'approval.requested',
    approval: '0-0',
    step: 0,
    call: 0,
    tool: 'write_file',
    arguments: args,
    argumentsHash: 'abc',
    kind: 'policy',
    expiresAt: Date.now() + 600_000,
  });
  await suspendRun({ redis: rig.redis, queues: rig.queues }, run.id, run.fence);
  const card = await rig.controls.waitFor(({ components }) => JSON.stringify(components).includes(`decide:${run.id}:`));
  return { run, card: card.id };
}

async function decisions(run: string) {
  const entries = (await readJournal(rig.redis, run)).map(({ entry }) => entry);
  return entries.filter((entry) => entry.type === 'approval.decided');
}

test('/approve lists what the person may decide, to be decided there', async () => {
  const list = async (author: string, channel = 'general') =>
    rig.controls.command({ channel, author, name: 'approve' }).outcome();
  const mine = await waiting('{"path":"listed.md"}');
  const long = await waiting(JSON.stringify({ path: 'l.md', content: 'x'.repeat(3_000) }));
  expect((await list('Guest')).message?.content).toContain('Nothing waits for a decision of yours');
  const shown = await list('Olga');
  expect(shown.message?.visibleTo).toBe(rig.playground.people.Olga);
  expect(shown.message?.content).toContain('"path": "listed.md"');
  expect(shown.message?.content).toContain('too long for this list');
  const ids = JSON.stringify(shown.message?.components);
  expect(ids).toContain(`settle:${mine.run.id}:0-0:allow`);
  // What cannot be read there cannot be allowed there.
  expect(ids).not.toContain(`settle:${long.run.id}:0-0:allow`);
  const customId = `settle:${mine.run.id}:0-0:allow`;
  const settled = await rig.controls.click({ message: shown.message?.id ?? '', author: 'Olga', customId }).outcome();
  expect(settled.answeredWith).toBe(7);
  expect(settled.message?.content).not.toContain('listed.md');
  expect(await decisions(mine.run.id)).toMatchObject([{ approval: '0-0', decision: 'allow', by: 'Olga' }]);
  await rig.controls.waitFor(({ id, content }) => id === mine.card && content.includes('✅ Allowed by Olga'));
  // A moderator decides in the channel that it was asked in, and not from another one.
  const elsewhere = (await list('Ada', 'data')).message?.content ?? '';
  expect(elsewhere).not.toContain('too long for this list');
  expect((await list('Ada')).message?.content).toContain('too long for this list');
  const deny = `settle:${long.run.id}:0-0:deny`;
  const again = await list('Olga');
  await rig.controls.click({ message: again.message?.id ?? '', author: 'Olga', customId: deny }).outcome();
  expect(await decisions(long.run.id)).toMatchObject([{ decision: 'deny', by: 'Olga' }]);
});
