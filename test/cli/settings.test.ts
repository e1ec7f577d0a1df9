import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCliRig, type CliResult, type CliRig } from './cli-rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

function dragoman(...args: string[]): Promise<CliResult> {
  return rig.run(['settings', ...args], '');
}

it('sets, shows, exports, resets and takes in settings, and says what is wrong', async () => {
  expect((await dragoman('list')).stdout).toBe('Nobody has set anything.\n');
  expect(await dragoman('set', 'server:1', 'model', 'big')).toMatchObject({
    code: 0,
    stdout: 'server:1: model is set.\n',
  });
  await dragoman('set', 'server:1', 'channels', '100000000000000001, 100000000000000002');
  const wrong: [args: string[], said: string][] = [
    [['server:1', 'prompt', 'Hello {nobody}'], 'I know no variable {nobody}'],
    [['server:1', 'colour', 'red'], 'There is no setting colour. There are prompt,'],
    [['somebody', 'model', 'big'], "somebody is nobody's name"],
    [['channel:1', 'approvers', '100000000000000001'], 'approvers is set for server, not for a channel.'],
    [['server:1', 'footer', 'huge'], 'footer is one of off, short, verbose.'],
  ];
  for (const [args, said] of wrong) {
    const { code, stderr } = await dragoman('set', ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(said) });
  }
  const shown = JSON.parse((await dragoman('show', 'server:1', '--json')).stdout);
  expect(shown).toEqual({ model: 'big', channels: ['100000000000000001', '100000000000000002'] });
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'settings-')), 'settings.json');
  writeFileSync(file, (await dragoman('export')).stdout);
  expect((await dragoman('reset', 'server:1')).stdout).toBe('server:1: model, channels taken away.\n');
  expect((await dragoman('show', 'server:1')).stdout).toBe('server:1 has set nothing.\n');
  const broken = readFileSync(file, 'utf8').replace('"big"', '""');
  writeFileSync(`${file}.broken`, broken);
  expect((await dragoman('import', `${file}.broken`)).stderr).toContain(
    'server:1 model: The name of the model is missing.',
  );
  expect((await dragoman('import', file)).stdout).toBe('Taken in: server:1.\n');
  expect(JSON.parse((await dragoman('list', '--json')).stdout)).toEqual({ 'server:1': shown });
  const audit = (await rig.run(['audit', '--kind', 'setting'], '')).stdout;
  expect(audit).toContain('server:1 model set: big');
  expect(audit).toContain('server:1 model reset');
});
