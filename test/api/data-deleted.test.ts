import { expect, test } from 'vitest';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import type { ApiRig } from './rig.ts';
import { serveApi } from './serve.ts';

let api: ApiRig;
serveApi(createPlayedToolbox({}), (started) => void (api = started));

test('a stream ends with an error when the data of its run was deleted from Redis', async () => {
  const openai = api.openai(await api.key());
  api.rig.model.script('slow', [{ text: 'word '.repeat(100), chunkDelayMs: 30 }]);
  const stream = await openai.chat.completions.create({
    model: 'gpt-agent',
    stream: true,
    messages: [{ role: 'user', content: mark('slow', 'Count.') }],
  });
  let pieces = 0;
  const read = async () => {
    for await (const _ of stream) if ((pieces += 1) === 5) await api.rig.redis.flushall();
  };
  await expect(read()).rejects.toThrow(/This question is lost/);
}, 30_000);
