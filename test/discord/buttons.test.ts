import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { playWorker, stopOf, type PlayedRun } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

/** A question, its run, which the test holds, and the message that shows it. */
async function running(author = 'Max'): Promise<{ asked: string; run: PlayedRun; shown: string }> {
  const asked = rig.ask('something', { author });
  const run = await rig.work(asked.id);
  await run.write('Thinking about it. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  return { asked: asked.id, run, shown: shown.id };
}

async function answered(author = 'Max') {
  const state = await running(author);
  await state.run.answered('The answer.');
  await state.run.end('The answer.');
  await labels(state.shown, 'Retry');
  return state;
}

/** Waits until the message has that button. */
function labels(message: string, label: string) {
  return rig.controls.waitFor(
    ({ id, components }) => id === message && JSON.stringify(components).includes(`"${label}"`),
  );
}

async function press(message: string, author: string, button: string) {
  const { controls } = rig;
  return controls.click({ message, author, customId: button }).outcome();
}

test('Stop is for the person who asked and for moderators; others are told so', async () => {
  const { run, shown } = await running('Max');
  const refused = await press(shown, 'Dev', `stop:${run.id}`);
  expect(refused.message).toMatchObject({ visibleTo: rig.playground.people.Dev });
  expect(refused.message?.content).toContain('can stop this');
  expect(await stopOf(rig.redis, run.id)).toBeUndefined();
  expect((await press(shown, 'Max', `stop:${run.id}`)).answeredWith).toBe(6);
  expect(await stopOf(rig.redis, run.id)).toBe('Max');
  await rig.controls.waitFor(({ id, content }) => id === shown && content.includes('Stopping'));
  await run.append({ type: 'answer.broke-off', step: 0, text: 'Half of what' });
  await run.end('Stopped by Max. Nothing was changed.', { outcome: 'stopped', reason: 'stopped' });
  const final = await labels(shown, 'Retry');
  // What was read does not vanish.
  expect(final.content).toContain('Half of what\n\n⏹️ Stopped by Max. Nothing was changed.');
  const other = await running('Dev');
  expect((await press(other.shown, 'Ada', `stop:${other.run.id}`)).answeredWith).toBe(6);
  expect(await stopOf(rig.redis, other.run.id)).toBe('Ada');
});

test('Retry answers anew in place of the old answer, once however often it is pressed', async () => {
  const { asked, run, shown } = await answered('Max');
  const refused = await press(shown, 'Dev', `retry:${run.id}`);
  expect(refused.message?.content).toContain('can ask this again');
  const presses = await Promise.all([press(shown, 'Max', `retry:${run.id}`), press(shown, 'Max', `retry:${run.id}`)]);
  expect(presses.map(({ answeredWith }) => answeredWith)).toEqual([6, 6]);
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  expect(again.request).toMatchObject({ text: 'something', replayOf: run.id });
  await again.answered('A better answer.');
  await again.end('A better answer.');
  const final = await rig.controls.waitFor(({ id, content }) => id === shown && content.includes('A better answer.'));
  expect(final.content).toContain('answered anew');
  expect(final.content).not.toContain('The answer.');
  expect(rig.controls.messages('general').filter(({ replyTo }) => replyTo === asked)).toHaveLength(1);
});

test('Retry asks what the question says after an edit', async () => {
  const { asked, run, shown } = await answered('Max');
  rig.controls.editMessage(asked, `<@${rig.playground.botId}> something else`);
  await press(shown, 'Max', `retry:${run.id}`);
  const again = await playWorker(rig.redis, rig.queues, `${run.id}-r1`);
  expect(again.request.text).toBe('something else');
  await again.end('Done.');
});

test('a failed run says what went wrong, its id and what to do, and can be retried', async () => {
  const { run, shown } = await running('Max');
  await run.end('The model could not be reached. Try again in a few minutes.', {
    outcome: 'failed',
    reason: 'model-away',
  });
  const final = await labels(shown, 'Retry');
  expect(final.content).toContain('❌ The model could not be reached. Try again in a few minutes.');
  expect(final.content).toContain(run.id);
  expect(JSON.stringify(final.components)).not.toContain('👍');
});

test('votes go into the journal of the run, the reason with them', async () => {
  const { run, shown } = await answered('Max');
  const up = await press(shown, 'Dev', `up:${run.id}`);
  expect(up.message).toMatchObject({ visibleTo: rig.playground.people.Dev });
  const down = await press(shown, 'Max', `down:${run.id}`);
  expect(down.modal).toBeDefined();
  const sent = rig.controls.submitModal({ interaction: down.id, values: { reason: 'It is too short.' } });
  expect((await sent.outcome()).failed).toBe(false);
  const { Dev, Max } = rig.playground.people;
  const feedback = await until('all votes are stored', async () => {
    const entries = (await readJournal(rig.redis, run.id)).map(({ entry }) => entry);
    const votes = entries.filter(({ type }) => type === 'feedback');
    return votes.length === 3 && votes;
  });
  expect(feedback).toEqual([
    { type: 'feedback', by: Dev, vote: 'up' },
    { type: 'feedback', by: Max, vote: 'down' },
    { type: 'feedback', by: Max, vote: 'down', reason: 'It is too short.' },
  ]);
});

test('Stop of a run that has ended, or is not kept any more, goes quietly', async () => {
  const { run, shown } = await running('Max');
  const stale = rig.controls.message(shown);
  expect(JSON.stringify(stale.components)).toContain(`stop:${run.id}`);
  await rig.stop();
  await run.end('Done.');
  await rig.redis.del(`{dragoman}:run:${run.id}`);
  await rig.start();
  expect((await press(shown, 'Max', `stop:${run.id}`)).answeredWith).toBe(6);
});

test('a button of an answer that is not kept any more, and one of another version, say so', async () => {
  const { run, shown } = await answered('Max');
  await rig.redis.del(`{dragoman}:run:${run.id}:delivery`, `{dragoman}:run:${run.id}`);
  for (const button of ['retry', 'up', 'down']) {
    const { message } = await press(shown, 'Max', `${button}:${run.id}`);
    expect(message).toMatchObject({
      content: 'This answer is not kept any more.',
      visibleTo: rig.playground.people.Max,
    });
  }
  const { url, token, channels } = rig.playground;
  const row = { type: 1, components: [{ type: 2, style: 2, label: 'Old', custom_id: 'shelve:run-1' }] };
  const posted = await fetch(`${url}/v10/channels/${channels.general}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Of another version.', components: [row] }),
  });
  const { id } = (await posted.json()) as { id: string };
  expect((await press(id, 'Max', 'shelve:run-1')).message?.content).toMatch(/^I do not know this button any more/);
});
