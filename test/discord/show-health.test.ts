import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, start: false, overrides: { presenceMs: 20 } });
});

afterAll(() => rig[Symbol.asyncDispose]());

const presence = () => {
  const session = rig.controls.sessions().find(({ connected }) => connected);
  return session?.presence as { status: string; activities: { state: string }[] } | undefined;
};

const shows = (status: string) => until(`it shows ${status}`, () => presence()?.status === status);

test('it shows whether questions can be taken, and tells Discord of changes alone', async () => {
  const { client } = await rig.start();
  const sent = vi.spyOn(client.user!, 'setPresence');
  expect(presence()).toMatchObject({ status: 'online', activities: [{ state: 'Ready: mention me, or /help' }] });
  await rig.server.kill();
  await shows('dnd');
  expect(presence()?.activities[0]?.state).toContain('Cannot take questions');
  await rig.server.start();
  await shows('online');
  expect(sent).toHaveBeenCalledTimes(2);
  await rig.stop();
});

test('a session that begins meanwhile shows it too', async () => {
  await rig.start();
  await rig.server.kill();
  await shows('dnd');
  const [before] = rig.controls.sessions();
  rig.controls.invalidate(false);
  await until('a new session is there', () =>
    rig.controls.sessions().some(({ id, connected }) => connected && id !== before?.id),
  );
  await shows('dnd');
  await rig.server.start();
  await shows('online');
  await rig.stop();
});

test('switched off, nothing is shown', async () => {
  await rig.start({ DISCORD_PRESENCE: 'off' });
  expect(presence()?.activities ?? []).toEqual([]);
  await rig.stop();
});
