import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { readJournal } from '#shared/run/journal.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.model.reset());

const picture = (name: string, chars = 400) => ({
  name,
  mimeType: 'image/png',
  bytes: (chars * 3) / 4,
  data: 'iVBORw0KGgo'.padEnd(chars, name.slice(0, 1)),
});

/** The addresses of the pictures in the newest request, each beginning with its data's mark. */
function pictures(): string[] {
  const { messages } = rig.model.requests.at(-1)!.request.body;
  return messages.flatMap(({ content }) =>
    Array.isArray(content) ? content.flatMap(({ image_url: image }) => (image ? [image.url] : [])) : [],
  );
}

async function ask(model: string, shots: number) {
  let made = 0;
  const toolbox = createPlayedToolbox({
    shoot: { run: () => ({ content: '[picture]', pictures: [picture(`${String.fromCodePoint(65 + made++)}-1.png`)] }) },
  });
  await using _ = await rig.worker({ toolbox }, { MODEL_NAME: model });
  const turns = Array.from({ length: shots }, (__, at) => ({ toolCalls: [{ name: 'shoot', arguments: { at } }] }));
  rig.model.script('shots', [...turns, { text: 'Seen.' }]);
  return await rig.ask(mark('shots', 'Look.'));
}

describe('pictures of tool results', () => {
  it('reach a model that sees, below the results, and are stored beside the journal', async () => {
    const { runId, text } = await ask('gpt-5.1', 1);
    expect(text).toBe('Seen.');
    expect(pictures()).toEqual([`data:image/png;base64,${picture('A').data}`]);
    const below = rig.model.requests.at(-1)!.request.body.messages.at(-1);
    expect(messageText(below)).toContain('The tools returned A-1.png');
    const raw = JSON.stringify(await rig.redis.xrange(keys.journal(runId), '-', '+'));
    expect(raw).toContain('A-1.png');
    expect(raw).not.toContain('iVBORw0KGgo');
    const entries = (await readJournal(rig.redis, runId)).map(({ entry }) => entry);
    expect(entries.find(({ type }) => type === 'tool.finished')).toMatchObject({ pictures: [picture('A-1.png')] });
  });

  it('are named to a model that does not see, which is told that it does not', async () => {
    await ask('llama-4', 1);
    expect(pictures()).toEqual([]);
    const result = rig.model.requests.at(-1)!.request.results[0]?.text;
    expect(result).toContain('You cannot see pictures: of A-1.png you know only the names.');
  });

  it('are shown again no more than the newest six', async () => {
    await ask('gpt-5.1', 8);
    expect(pictures().map((url) => url.at(-1))).toEqual(['C', 'D', 'E', 'F', 'G', 'H']);
  });
});
