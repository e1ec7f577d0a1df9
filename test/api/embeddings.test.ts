import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startApiRig } from './rig.ts';

test('embeddings are passed through to the gateway, for models that the key may ask for', async () => {
  const asked: unknown[] = [];
  await using api = await startApiRig({
    model: {
      async extra(request, response) {
        if (request.url !== '/v1/embeddings') return false;
        asked.push(await json(request));
        const usage = { prompt_tokens: 3, total_tokens: 3 };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            object: 'list',
            model: 'x',
            data: [{ object: 'embedding', index: 0, embedding: [0.5, 1] }],
            usage,
          }),
        );
        return true;
      },
    },
  });
  const key = await api.key();
  const { data } = await api.openai(key).embeddings.create({
    model: 'gpt-agent',
    input: ['one', 'two'],
    encoding_format: 'float',
    dimensions: 2,
  });
  expect(data[0]?.embedding).toEqual([0.5, 1]);
  expect(asked).toEqual([{ model: 'gpt-agent', input: ['one', 'two'], encoding_format: 'float', dimensions: 2 }]);
  for (const [body, status, param] of [
    [{ model: 'nope', input: 'a' }, 404, 'model'],
    [{ model: 'gpt-agent' }, 400, 'input'],
    [{ model: 'gpt-agent', input: '' }, 400, 'input'],
    [{ input: 'a' }, 400, 'model'],
  ] as const) {
    const answer = await api.send('/v1/embeddings', { key, json: body });
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { param } }]);
  }
  expect((await api.send('/v1/embeddings', { json: { model: 'gpt-agent', input: 'a' } })).status).toBe(401);
});
