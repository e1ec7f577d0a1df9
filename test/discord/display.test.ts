import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { DISCORD_FOOTER: 'off' },
    prepare: ({ channels }) => ({
      DISCORD_CHANNEL_DISPLAY: `${channels.data}=embeds/verbose/verbose, ${channels.ops}=plain/all`,
    }),
  });
});

afterAll(() => rig[Symbol.asyncDispose]());

const orange = 0xe67e22;
const green = 0x1f8b4c;

test('a channel with embeds streams in one, orange while it grows, green when it is done, with everything in the footer', async () => {
  const asked = rig.ask('look', { author: 'Dev', channel: 'data' });
  const run = await rig.work(asked.id);
  await run.tool('read_file', { path: 'a`b\n.md' });
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  expect(shown.content).toBe('');
  expect(shown.embeds[0]).toMatchObject({ color: orange, description: '-# 🔎 read file `{"path":"aˋb\\n.md"}`…' });
  await run.toolDone('read_file');
  await run.answered('Here it is.', 1);
  await run.end('Here it is.', { tools: ['read_file'], firstTokenMs: 321 });
  const final = await rig.controls.waitFor(({ id, embeds }) => id === shown.id && embeds[0]?.['color'] === green);
  expect(final.embeds[0]?.['description']).toBe(
    `Here it is.\n-# 🔎 read\\_file · played · 120 → 40 tokens · first token 0.3 s · 1.2 s · $0.01 · run \`${run.id}\``,
  );
});

test('mode "all" lists what tools did; the list goes when the answer stands', async () => {
  const asked = rig.ask('look', { author: 'Olga', channel: 'ops' });
  const run = await rig.work(asked.id);
  await run.tool('read_file', {}, 0);
  await run.toolDone('read_file', 'error', 0);
  await run.tool('list_directory', {}, 1);
  const shown = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked.id && content.includes('list directory'),
  );
  expect(shown.content).toBe('-# ✗ read file\n-# 🔎 list directory…');
  await run.toolDone('list_directory', 'ok', 1);
  await run.answered('Done here.', 1);
  await run.end('Done here.');
  const final = await rig.controls.waitFor(({ id, content }) => id === shown.id && content.startsWith('Done here.'));
  expect(final.content).toBe('Done here.');
});

test('without a footer nothing stands beneath an answer, but a failure tells its run', async () => {
  const asked = rig.ask('fail', { author: 'Max' });
  const run = await rig.work(asked.id);
  await run.end('It did not work.', { outcome: 'failed' });
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  expect(shown.content).toBe(`❌ It did not work.\n-# run \`${run.id}\``);
});

test('nothing that a model writes pings, previews, or acts', async () => {
  const asked = rig.ask('hostile', { author: 'Max' });
  const run = await rig.work(asked.id);
  const { people, roles } = rig.playground;
  const text = `@everyone <@${people.Ada}> <@&${roles.admin}> </stop:1> [google](https://evil.example.com/x) discord.gg/abc`;
  await run.write(text);
  await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  await run.answered(text);
  await run.end(text);
  const final = await rig.controls.waitFor(
    ({ replyTo, components }) => replyTo === asked.id && JSON.stringify(components).includes('Retry'),
  );
  expect(final.pings).toEqual([]);
  expect(final.mentionEveryone).toBe(false);
  expect(final.flags & 4).toBe(4);
  expect(final.content).toContain('evil.example.com');
  expect(final.content).not.toContain('</stop:1>');
  const bodies = rig.controls.requests().filter(({ body }) => 'content' in body || 'embeds' in body);
  expect(bodies.length).toBeGreaterThan(0);
  for (const { body } of bodies) expect(body['allowed_mentions']).toEqual({ parse: [], replied_user: false });
});

test('a worker that died is replaced: its half answer gives way to the new one', async () => {
  const asked = rig.ask('again', { author: 'Guest' });
  const dead = await rig.work(asked.id);
  await dead.write('One two three four. ');
  const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  const alive = await rig.work(asked.id);
  await dead.write('Five from the grave. ');
  await alive.write('One two other words. ');
  const grown = await rig.controls.waitFor(({ id, content }) => id === shown.id && content.includes('One two other'));
  expect(grown.content).not.toContain('grave');
  await alive.answered('One two other words.');
  await alive.end('One two other words.');
  await rig.controls.waitFor(({ id, content }) => id === shown.id && content === 'One two other words.');
});
