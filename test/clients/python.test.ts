import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRig } from '#test/api/rig.ts';
import { serveApi } from '#test/api/serve.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { rows } from './matrix.ts';
import { startPythonLibraries, type PythonLibraries } from './python.ts';
import { testTwelvePoints } from './twelve-points.ts';

const interpreter = process.env['CLIENTS_PYTHON'] ?? '';

describe.skipIf(interpreter === '')('libraries of PyPI', () => {
  let libraries: PythonLibraries | undefined;
  beforeAll(() => void (libraries = startPythonLibraries(interpreter)));
  afterAll(() => libraries?.[Symbol.asyncDispose]());

  testTwelvePoints(
    rows.filter(({ registry }) => registry === 'PyPI'),
    ({ client }) =>
      (base, key, asked) => {
        if (!libraries) throw new Error('the libraries have been started');
        return libraries.ask(client.replace(' (Python)', ''), base, key, asked);
      },
  );

  describe('a question to a human', () => {
    let api: ApiRig;
    const toolbox = createPlayedToolbox({
      write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
    });
    serveApi(toolbox, (started) => void (api = started));

    test('is answered with what the library has for it', async () => {
      api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: { a: '1' } }] }, { text: 'Done.' }]);
      const key = await api.key({ roles: ['member', 'operator'] });
      const asked = { text: mark('write', 'Write it.') };
      const heard = await libraries?.ask('openai approval', `${api.url}/v1`, key, asked);
      expect(heard).toMatchObject({ text: 'Done.', calls: ['write'] });
      expect(toolbox.calls).toHaveLength(1);
    });
  });
});
