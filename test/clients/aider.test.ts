import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ApiRig } from '#test/api/rig.ts';
import { serveApi } from '#test/api/serve.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';

// aider has no tools of its own: it edits files by what an answer says. Set up as docs/clients.md writes it.
const command = process.env['CLIENTS_AIDER'] ?? '';

const settings = `
- name: openai/dragoman
  edit_format: whole
  reminder: sys
  use_repo_map: false
  extra_params:
    extra_headers:
      x-dragoman-approvals: text
`;
const flags = ['--model', 'openai/dragoman', '--model-settings-file', 'settings.yml', '--no-git', '--no-pretty'];
const silent = ['--no-show-model-warnings', '--no-check-update', '--no-analytics', '--yes-always'];

describe.skipIf(command === '')('aider of PyPI', () => {
  let api: ApiRig;
  const toolbox = createPlayedToolbox({
    look: { run: () => 'The answer is 42.' },
    write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
  });
  serveApi(toolbox, (started) => void (api = started));

  test('edits a file with what tools of the server brought, once somebody has typed yes', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'dragoman-aider-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const note = path.join(home, 'note.txt');
    await Promise.all([writeFile(path.join(home, 'settings.yml'), settings), writeFile(note, 'old\n')]);
    api.rig.model.script('work', [
      { text: 'I look.', toolCalls: [{ name: 'look', arguments: {} }] },
      { text: 'I write it.', toolCalls: [{ name: 'write', arguments: { path: 'a.txt' } }] },
      { text: 'Here it is:\n\nnote.txt\n```\n42\n```\n' },
    ]);
    const key = await api.key({ roles: ['operator'] });
    const env = { PATH: process.env['PATH'], HOME: home, OPENAI_API_BASE: `${api.url}/v1`, OPENAI_API_KEY: key };
    const written = await new Promise<string>((resolve) => {
      const child = execFile(command, [...flags, ...silent, 'note.txt'], { cwd: home, env }, (_, stdout) =>
        resolve(stdout),
      );
      child.stdin?.end(`${mark('work', 'Write the answer.')}\nyes\n/exit\n`);
    });
    expect(written).toMatch(/Waiting for approval: run api-[^]*`write`[^]*a\.txt[^]*Applied edit to note\.txt/);
    expect(await readFile(note, 'utf8')).toBe('42\n');
    expect(toolbox.calls.map(({ tool }) => tool)).toEqual(['look', 'write']);
  });
});
