import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});
afterAll(() => rig[Symbol.asyncDispose]());

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const other = 'R0lGODlhAQABAAAAACw=';
const picture = (name: string, data = pixel) => ({ name, mimeType: 'image/png', bytes: 70, data });

test('pictures that tools returned go with the answer as files, each once', async () => {
  const { id } = rig.ask('show me the page');
  const run = await rig.work(id);
  const finished = { type: 'tool.finished', step: 0, tool: 'shoot', domain: 'web', outcome: 'ok' } as const;
  for (const [call, pictures] of [
    [picture('shoot-1.png')],
    [picture('shoot-1.png'), picture('shoot-1.png', other)],
  ].entries()) {
    await run.append({ ...finished, call, content: '[picture shoot-1.png]', durationMs: 3, pictures });
  }
  await run.answered('Here it is.');
  await run.end('Here it is.');
  await until('the delivery is finished', async () => {
    return (await rig.redis.hget(`{dragoman}:run:${run.id}:delivery`, 'done')) === '1';
  });
  const shown = rig.controls.messages('general').findLast(({ author }) => author.bot);
  expect(shown?.content).toContain('Here it is.');
  expect(shown?.attachments.map(({ filename }) => filename)).toEqual(['shoot-1.png', 'shoot-1-2.png']);
  const files = await Promise.all(
    shown!.attachments.map(async ({ url }) => Buffer.from(await (await fetch(url)).arrayBuffer()).toString('base64')),
  );
  expect(files).toEqual([pixel, other]);
});
