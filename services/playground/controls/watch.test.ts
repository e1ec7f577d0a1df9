import { expect, test } from 'vitest';
import { startPlayground } from '../start.ts';

test('waiting ends with a message that is there, that comes, or that changes', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  const there = controls.say({ channel: 'general', author: 'Ada', content: 'there' });
  expect((await controls.waitFor((m) => m.content === 'there')).id).toBe(there.id);
  const coming = controls.waitFor((m) => m.content === 'coming');
  controls.say({ channel: 'data', author: 'Max', content: 'coming' });
  expect((await coming).author.name).toBe('Max');
  const changing = controls.waitFor((m) => m.content === 'changed');
  controls.editMessage(there.id, 'changed');
  expect((await changing).id).toBe(there.id);
  const reaction = controls.waitFor((m) => m.reactions.length > 0);
  controls.react(there.id, 'Dev', '👍');
  expect((await reaction).id).toBe(there.id);
});

test('waiting in vain says what there was', async () => {
  await using playground = await startPlayground();
  playground.controls.say({ channel: 'general', author: 'Ada', content: 'something else' });
  await expect(playground.controls.waitFor(() => false, 20)).rejects.toThrow(/Ada: something else/);
  await expect(playground.controls.until(() => false, 20)).rejects.toThrow(/20 ms/);
});

test('people cannot do what Discord would not let them', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  expect(() => controls.say({ channel: 'general', author: 'Ada', content: ' ' })).toThrow(/empty/);
  expect(() => controls.say({ channel: 'general', author: 'Ada', content: 'x'.repeat(2001) })).toThrow(/2000/);
  expect(() => controls.say({ channel: 'ops', author: 'Max', content: 'x' })).toThrow(/cannot see/);
  expect(() => controls.say({ channel: 'nowhere', author: 'Max', content: 'x' })).toThrow(/no channel nowhere/);
  controls.addRole({ name: 'muted' });
  controls.permit('general', 'muted', { deny: ['SEND_MESSAGES'] });
  controls.setRoles('Max', ['muted']);
  expect(() => controls.say({ channel: 'general', author: 'Max', content: 'x' })).toThrow(/may not write/);
  controls.timeOut('Dev', 1000);
  expect(() => controls.say({ channel: 'general', author: 'Dev', content: 'x' })).toThrow(/may not write/);
  controls.advanceClock(1001);
  expect(controls.say({ channel: 'general', author: 'Dev', content: 'back' }).content).toBe('back');
});
